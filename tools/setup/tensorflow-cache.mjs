import {
  constants,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { cacheFolder, root } from './paths.mjs';
import { step } from './progress.mjs';
import { compilerArgs, placeOfWheelMember, tensorFlowVersion } from './tensorflow-recipe.mjs';
import { extractMembers } from './zip-reader.mjs';

/** @import { Recipe } from './tensorflow-recipe.mjs' */

/** The folder of the npm package whose addon is built. */
export const tfjsNodeFolder = path.join(root, 'node_modules', '@tensorflow', 'tfjs-node');

const addonPlace = 'lib/napi-v8/tfjs_binding.node';
const stallMs = 90_000;

/**
 * The folder in the cache that holds `deps` and the built addon for one release on one platform.
 * @param {string} platform such as `linux-x64`
 * @returns {Promise<string>}
 */
export async function cacheEntry(platform) {
  const { version } = JSON.parse(await readFile(path.join(tfjsNodeFolder, 'package.json'), 'utf8'));
  return path.join(cacheFolder(), `tensorflow-${tensorFlowVersion}-tfjs-node-${version}-${platform}`);
}

/**
 * Fills the cache: fetches the wheel, takes out what is needed, builds the addon. The folder appears under its name
 * only when it is whole.
 * @param {Recipe} recipe
 * @param {{ pip: readonly string[], compiler: string }} tools
 * @param {string} entry
 * @throws {Error} with one clause that says which step failed
 */
export async function fillCache(recipe, tools, entry) {
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(path.join(cacheFolder(), 'building-'));
  try {
    const wheel = await downloadWheel(recipe, tools.pip, path.join(work, 'wheel'));
    const deps = path.join(work, 'entry', 'deps');
    await step('Taking the libraries and headers out of the wheel', () => unpackWheel(recipe, wheel, deps));
    await step('Building the TensorFlow addon', () => buildAddon(recipe, tools.compiler, path.join(work, 'entry')));
    await rename(path.join(work, 'entry'), entry).catch((error) => {
      // Someone else has filled it meanwhile, with the same content.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Puts a cache entry into tfjs-node's folder, by hard links where the file system allows it.
 * @param {string} entry
 */
export async function placeFromCache(entry) {
  await clearTensorFlow();
  for (const item of await readdir(entry, { recursive: true, withFileTypes: true })) {
    if (item.isDirectory()) continue;
    const source = path.join(item.parentPath, item.name);
    const target = path.join(tfjsNodeFolder, path.relative(entry, source));
    await mkdir(path.dirname(target), { recursive: true });
    if (item.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target).catch(() => copyFile(source, target, constants.COPYFILE_FICLONE));
  }
}

/** Takes out of tfjs-node's folder whatever libraries and addon an earlier try has left. */
export async function clearTensorFlow() {
  await rm(path.join(tfjsNodeFolder, 'deps'), { recursive: true, force: true });
  await rm(path.join(tfjsNodeFolder, 'lib'), { recursive: true, force: true });
}

/** @param {Recipe} recipe @param {readonly string[]} pip @param {string} folder @returns {Promise<string>} */
async function downloadWheel(recipe, pip, folder) {
  const temporary = path.join(folder, 'temporary');
  await mkdir(temporary, { recursive: true });
  const [command = '', ...first] = pip;
  const args = [
    ...[...first, 'download', `${recipe.distribution}==${tensorFlowVersion}`, '--dest', folder],
    ...['--no-deps', '--only-binary=:all:', '--python-version', '3.11'],
    ...recipe.wheelTags.flatMap((tag) => ['--platform', tag]),
    ...['--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--retries', '1', '--timeout', '30'],
  ];
  const result = await step(`Fetching TensorFlow ${tensorFlowVersion} (about 280 MB) with pip`, (say) =>
    runCommand(command, args, {
      env: { TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      watchFolder: folder,
      stallMs,
      onGrowth: (bytes) => say(`${Math.round(bytes / 1e6)} MB`),
    }),
  );
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (result.ok && wheel !== undefined) return path.join(folder, wheel);
  throw new Error(`pip could not fetch the wheel of ${recipe.distribution} ${tensorFlowVersion}: ${lastLine(result)}`);
}

/** @param {Recipe} recipe @param {string} wheel @param {string} deps */
async function unpackWheel(recipe, wheel, deps) {
  const written = await extractMembers(wheel, (member) => placeOfWheelMember(recipe, member), deps);
  const missing = recipe.libraries.filter((name) => !written.includes(`lib/${name}`));
  if (missing.length > 0) throw new Error(`the wheel holds no ${missing.join(' and no ')}`);
  for (const [name, target] of Object.entries(recipe.links)) await symlink(target, path.join(deps, 'lib', name));
}

/** @param {Recipe} recipe @param {string} compiler @param {string} entry */
async function buildAddon(recipe, compiler, entry) {
  const output = path.join(entry, addonPlace);
  await mkdir(path.dirname(output), { recursive: true });
  const headers = path.join(root, 'node_modules', 'node-api-headers', 'include');
  const result = await runCommand(compiler, compilerArgs(recipe, headers, path.join(entry, 'deps'), output), {
    cwd: tfjsNodeFolder,
  });
  if (!result.ok) throw new Error(`the C++ compiler ${compiler} failed: ${lastLine(result)}`);
}

/** @param {{ output: string, reason: string }} result */
function lastLine({ output, reason }) {
  const errors = output.split('\n').filter((line) => /error/i.test(line));
  return [reason, errors.at(-1)?.trim()].filter(Boolean).join('; ');
}
