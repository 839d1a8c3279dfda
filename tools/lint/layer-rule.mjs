import path from 'node:path';
import { layers, packageHomes, wrappers } from './layers.mjs';

/** @import { Layer, PackageHome, Wrapper } from './layers.mjs' */

/**
 * The ESLint rule that enforces the layer table. Three things are errors: a relative import from a layer into one that
 * its row does not name, an import of a package that another layer keeps to itself, and the use of an untyped channel
 * (`ipcMain`, `process.send`, ...) outside its wrapper. Test files keep to the layers too, but may open raw channels,
 * because the tests of a wrapper have to speak to it from outside.
 * @type {import('eslint').Rule.RuleModule}
 */
export const layerRule = {
  meta: {
    type: 'problem',
    docs: { description: 'Keep imports inside the layer table (tools/lint/layers.mjs).' },
    schema: [],
    messages: {
      layer: '{{from}} may not import {{to}}: its row in tools/lint/layers.mjs allows {{allowed}}.',
      outside: '{{from}} may not import {{to}}, which belongs to no layer of tools/lint/layers.mjs.',
      package: "'{{name}}' may be imported only under {{folders}}.",
      wrapper: '{{name}} may be used only in its typed wrapper {{files}}.',
    },
  },
  create(context) {
    const file = toPosix(path.relative(context.cwd, context.filename));
    return { ...importVisitors(context, file), ...(isTestFile(file) ? {} : wrapperVisitors(context, file)) };
  },
};

/**
 * @param {import('eslint').Rule.RuleContext} context
 * @param {string} file path of the linted file from the root
 * @returns {import('eslint').Rule.RuleListener}
 */
function importVisitors(context, file) {
  /** @param {import('eslint').Rule.Node} node @param {object | null | undefined} source */
  const check = (node, source) => {
    // A path that is put together at run time cannot be checked.
    if (!source || !('value' in source) || typeof source.value !== 'string') return;
    const report = source.value.startsWith('.')
      ? relativeImportProblem(file, source.value)
      : packageImportProblem(file, source.value);
    if (report !== undefined) context.report({ node, ...report });
  };
  return {
    ImportDeclaration: (node) => check(node, node.source),
    ExportNamedDeclaration: (node) => check(node, node.source),
    ExportAllDeclaration: (node) => check(node, node.source),
    ImportExpression: (node) => check(node, node.source),
    // `import('./x').Type` in a type position.
    TSImportType: (/** @type {any} */ node) => check(node, node.source),
  };
}

/**
 * @param {import('eslint').Rule.RuleContext} context
 * @param {string} file path of the linted file from the root
 * @returns {import('eslint').Rule.RuleListener}
 */
function wrapperVisitors(context, file) {
  /** @param {import('eslint').Rule.Node} node @param {Wrapper['use']} use @param {string} name */
  const check = (node, use, name) => {
    const wrapper = wrappers.find((entry) => entry.use === use && entry.name === name);
    if (wrapper === undefined || wrapper.files.includes(file)) return;
    context.report({ node, messageId: 'wrapper', data: { name, files: wrapper.files.join(', ') } });
  };
  return {
    ImportSpecifier(node) {
      if (node.imported.type === 'Identifier') check(node, 'import', node.imported.name);
    },
    MemberExpression(node) {
      if (node.property.type !== 'Identifier' || node.computed) return;
      check(node, 'import', node.property.name);
      if (node.object.type === 'Identifier') check(node, 'member', `${node.object.name}.${node.property.name}`);
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier') check(node, 'construct', node.callee.name);
      if (node.callee.type === 'MemberExpression' && node.callee.property.type === 'Identifier') {
        check(node, 'construct', node.callee.property.name);
      }
    },
  };
}

/**
 * @param {string} file
 * @param {string} specifier
 */
function relativeImportProblem(file, specifier) {
  const from = layerOf(file);
  const target = path.posix.join(path.posix.dirname(file), specifier);
  const to = layerOf(target);
  if (from === undefined || from === to || from.mayImport.includes('*')) return undefined;
  if (to === undefined) return { messageId: 'outside', data: { from: from.folder, to: target } };
  if (from.mayImport.includes(to.folder)) return undefined;
  const allowed = from.mayImport.length === 0 ? 'nothing' : from.mayImport.join(', ');
  return { messageId: 'layer', data: { from: from.folder, to: to.folder, allowed } };
}

/**
 * @param {string} file
 * @param {string} specifier
 */
function packageImportProblem(file, specifier) {
  const home = packageHomes.find((entry) => isPackage(entry, specifier));
  if (home === undefined || home.folders.some((folder) => isInside(folder, file))) return undefined;
  return { messageId: 'package', data: { name: specifier, folders: home.folders.join(', ') } };
}

/** @param {PackageHome} home @param {string} specifier */
function isPackage(home, specifier) {
  if (home.package.endsWith('/')) return specifier.startsWith(home.package);
  return specifier === home.package || specifier.startsWith(`${home.package}/`);
}

/** @param {string} file @returns {Layer | undefined} */
function layerOf(file) {
  return layers.find((layer) => isInside(layer.folder, file));
}

/** @param {string} folder @param {string} file */
function isInside(folder, file) {
  return file.startsWith(`${folder}/`);
}

/** @param {string} file */
function isTestFile(file) {
  return /\.(test|e2e|test-support)\.ts$/.test(file) || file.startsWith('tests/');
}

/** @param {string} file */
function toPosix(file) {
  return file.split(path.sep).join('/');
}
