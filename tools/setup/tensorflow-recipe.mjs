/** The release of TensorFlow whose shared libraries the native addon is built against. */
export const tensorFlowVersion = '2.21.0';

/**
 * @typedef {object} Recipe
 * @property {string} distribution name on the Python package index
 * @property {readonly string[]} wheelTags platform tags of wheels that will do
 * @property {readonly string[]} libraries members of the wheel's `tensorflow` folder
 * @property {Readonly<Record<string, string>>} links names under which the linker looks for them, and what each is
 * @property {readonly string[]} linkerArgs
 */

const linuxLibraries = {
  libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
  links: {
    'libtensorflow.so': 'libtensorflow_cc.so.2',
    'libtensorflow.so.2': 'libtensorflow_cc.so.2',
    'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
  },
  linkerArgs: ['-Wl,-rpath,$ORIGIN/../../deps/lib'],
};

/**
 * How the addon is built where TensorFlow's wheel holds linkable libraries. The other platforms (macOS on Intel, for
 * which there are no wheels any more, and Windows) use the official libtensorflow of tfjs-node's own installer.
 * @type {Readonly<Record<string, Recipe>>}
 */
const recipes = {
  'linux-x64': {
    distribution: 'tensorflow-cpu',
    wheelTags: ['manylinux_2_27_x86_64'],
    ...linuxLibraries,
  },
  'linux-arm64': {
    distribution: 'tensorflow',
    wheelTags: ['manylinux_2_27_aarch64'],
    ...linuxLibraries,
  },
  'darwin-arm64': {
    distribution: 'tensorflow',
    wheelTags: ['macosx_12_0_arm64'],
    libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
    links: {
      'libtensorflow.dylib': 'libtensorflow_cc.2.dylib',
      'libtensorflow.2.dylib': 'libtensorflow_cc.2.dylib',
      'libtensorflow_framework.dylib': 'libtensorflow_framework.2.dylib',
    },
    linkerArgs: ['-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path/../../deps/lib'],
  },
};

const headerFolders = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/c/'];

/** @param {string} platform such as `linux-x64` @returns {Recipe | undefined} */
export function recipeFor(platform) {
  return recipes[platform];
}

/**
 * Where a member of the wheel goes under tfjs-node's `deps` folder.
 * @param {Recipe} recipe
 * @param {string} member path inside the wheel
 * @returns {string | undefined} undefined for what is not needed, which is nearly all of it
 */
export function placeOfWheelMember(recipe, member) {
  const library = recipe.libraries.find((name) => member === `tensorflow/${name}`);
  if (library !== undefined) return `lib/${library}`;
  const header = member.replace(/^tensorflow\/include\//, '');
  const isHeader = header !== member && header.endsWith('.h');
  return isHeader && headerFolders.some((folder) => header.startsWith(folder)) ? `include/${header}` : undefined;
}

/**
 * The options for the C++ compiler, run in tfjs-node's folder with `deps` in place. N-API 8 alone is built: it serves
 * every Node that Pellucid runs on, and one level takes 15 s where all of them take 80 s.
 * @param {Recipe} recipe
 * @param {string} headersOfNode folder with `node_api.h`
 * @param {string} depsFolder folder with `include` and `lib`
 * @param {string} output the addon to write
 * @returns {string[]}
 */
export function compilerArgs(recipe, headersOfNode, depsFolder, output) {
  return [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION'],
    ...['-I', headersOfNode, '-I', '..', '-I', '.', '-I', `${depsFolder}/include`, '-I', 'binding'],
    ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc', '-o', output],
    ...['-L', `${depsFolder}/lib`, ...recipe.linkerArgs, '-ltensorflow', '-ltensorflow_framework'],
  ];
}
