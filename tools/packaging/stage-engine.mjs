import { nodeFileTrace } from '@vercel/nft';
import { chmod, cp, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { engineNode } from '../setup/engine-node.mjs';
import { root } from '../setup/paths.mjs';
import { report } from '../setup/progress.mjs';
import { recipeFor } from '../setup/tensorflow-recipe.mjs';

const tfjsNode = 'node_modules/@tensorflow/tfjs-node';
/** Of node-pre-gyp: each in a file of its own, which is read when it is called. */
const unusedCommands = [
  ...['build', 'clean', 'configure', 'info', 'install', 'main', 'package', 'publish', 'rebuild', 'reinstall'],
  ...['reveal', 'testbinary', 'testpackage', 'unpublish'],
];
const platform = `${process.platform}-${process.arch}`;

/**
 * Lays out all that the engine, the web host and the command need, and nothing else: the modules that are reached from
 * their entries, the native libraries, the engine's Node, models, samples and the window's page. The folder has the
 * shape of the checkout, so that everything is found where it is found in development.
 * @param {string} target folder to make
 * @returns {Promise<string[]>} the npm packages of which something is shipped, as folders relative to the root
 */
export async function stageEngine(target) {
  const { modules, natives } = await shippedFiles();
  for (const place of [...modules, 'assets', 'dist/renderer', 'LICENSE']) {
    await cp(path.join(root, place), path.join(target, place), { recursive: true });
  }
  for (const place of natives) await placeNative(path.join(root, place), path.join(target, place));
  await writeFile(path.join(target, 'package.json'), await aboutEngine());
  await writeLauncher(target);
  return packagesOf([...modules, ...natives]);
}

/** The npm packages of which something is shipped, as folders relative to the root. @returns {Promise<string[]>} */
export async function shippedPackages() {
  const { modules, natives } = await shippedFiles();
  return packagesOf([...modules, ...natives]);
}

/** Places relative to the root: modules, and native files, which are stripped. */
async function shippedFiles() {
  return { modules: await reachedModules(), natives: await nativeFiles() };
}

/** @param {readonly string[]} places @returns {string[]} */
function packagesOf(places) {
  return [...new Set(places.flatMap((place) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(place)?.[0] ?? []))].sort();
}

/** @returns {Promise<string[]>} */
async function reachedModules() {
  const entries = ['engine/main.js', 'cli/main.js', 'web-host/main.js', ...(await workers())];
  const { fileList } = await nodeFileTrace(
    entries.map((entry) => path.join(root, 'dist', 'src', entry)),
    {
      base: root,
      // node-pre-gyp only looks for the addon; what it would fetch or build one with is never called. TensorFlow's
      // libraries are taken by name, because following their links would ship them three times.
      ignore: [
        'node_modules/node-gyp/**',
        `node_modules/@mapbox/node-pre-gyp/lib/{${unusedCommands.join(',')}}.js`,
        `${tfjsNode}/{deps,lib,build}/**`,
        'dist/renderer/**',
        '*.*',
      ],
    },
  );
  const modules = [...fileList].map((file) => file.split(path.sep).join('/'));
  const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
  const hasWasm = modules.some((file) => file.startsWith(wasm));
  const binaries = hasWasm ? (await readdir(path.join(root, wasm))).filter((name) => name.endsWith('.wasm')) : [];
  return [...modules, ...binaries.map((name) => `${wasm}/${name}`)];
}

/** Modules that are started by their address, relative to `dist/src`. @returns {Promise<string[]>} */
async function workers() {
  const files = await readdir(path.join(root, 'dist', 'src'), { recursive: true });
  return files.filter((file) => file.endsWith('-worker.js'));
}

/** The engine's Node, TensorFlow's addon and the libraries that it loads. @returns {Promise<string[]>} */
async function nativeFiles() {
  const addons = await readdir(path.join(root, tfjsNode, 'lib'), { recursive: true }).catch(() => []);
  const libraries = await readdir(path.join(root, tfjsNode, 'deps', 'lib')).catch(() => []);
  if (addons.length === 0 || libraries.length === 0) {
    throw new Error(
      'Native TensorFlow is not there, and a package without it is none. Run "node tools/setup.mjs --retry".',
    );
  }
  // The recipe names what the addon loads; the official libraries of the other platforms go by their links too.
  const loaded = recipeFor(platform)?.libraries ?? libraries.filter((name) => /\.(so|dylib|dll)(\.|$)/.test(name));
  const node = path.relative(root, engineNode()).split(path.sep).join('/');
  const nodePackage = node.split('/').slice(0, 2).join('/');
  return [
    ...[node, `${nodePackage}/package.json`],
    ...addons.filter((name) => /\.(node|dll)$/.test(name)).map((name) => `${tfjsNode}/lib/${name}`),
    ...loaded.map((name) => `${tfjsNode}/deps/lib/${name}`),
  ];
}

/** What the engine reads about itself. @returns {Promise<string>} */
async function aboutEngine() {
  const { name, version, license, type } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  return `${JSON.stringify({ name, version, license, type }, null, 2)}\n`;
}

/** The command `pellucid` of an installed app, on the engine's own Node. @param {string} target */
async function writeLauncher(target) {
  const node = path.relative(root, engineNode());
  await mkdir(path.join(target, 'bin'), { recursive: true });
  if (process.platform === 'win32') {
    const lines = ['@echo off', `"%~dp0..\\${node}" "%~dp0..\\dist\\src\\cli\\main.js" %*`, ''];
    return writeFile(path.join(target, 'bin', 'pellucid.cmd'), lines.join('\r\n'));
  }
  const lines = [
    '#!/bin/sh',
    'here=$(dirname -- "$(readlink -f -- "$0")")/..',
    `exec "$here/${node}" "$here/dist/src/cli/main.js" "$@"`,
    '',
  ];
  const file = path.join(target, 'bin', 'pellucid');
  await writeFile(file, lines.join('\n'));
  await chmod(file, 0o755);
}

/**
 * Copies a native file without what only a debugger reads: TensorFlow's library alone loses 205 of 788 MB. Windows keeps
 * such things in files of their own, and a link stays a link.
 * @param {string} source
 * @param {string} target
 */
async function placeNative(source, target) {
  await mkdir(path.dirname(target), { recursive: true });
  const isPlain = (await lstat(source)).isFile() && !source.endsWith('.json');
  if (isPlain && process.platform !== 'win32') {
    const option = process.platform === 'darwin' ? '-x' : '--strip-unneeded';
    const result = await runCommand('strip', [option, '-o', target, source]);
    if (result.ok) return;
    report(`${path.basename(source)} is packed as it is, because strip failed (${result.reason}).`);
  }
  await cp(source, target, { verbatimSymlinks: true });
}
