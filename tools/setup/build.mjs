import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { root } from './paths.mjs';
import { step } from './progress.mjs';
import { digestOf, isStamped, writeStamp } from './stamp.mjs';

const dist = path.join(root, 'dist');
const stampFile = path.join(dist, '.stamp');
const compiled = ['src', 'electron/main'];

/** All that what is built depends on. */
const inputs = [
  ...['src', 'electron', 'renderer', 'tsconfig.base.json', 'tsconfig.build.json', 'package-lock.json'],
  ...['vite.renderer.config.ts', 'vite.preload.config.ts'],
];

const vite = 'node_modules/vite/bin/vite.js';
const steps = [
  {
    what: 'the entropy coder',
    script: 'node_modules/assemblyscript/bin/asc.js',
    args: [
      ...['src/codec/assembly/index.ts', '--outFile', 'dist/src/codec/latent-coder.wasm'],
      // Without a runtime: the coder lays out its memory itself.
      ...['--runtime', 'stub', '--enable', 'simd', '--noAssert', '-O3', '--converge', '--disableWarning'],
    ],
  },
  {
    what: 'the engine, the hosts and the commands',
    script: 'node_modules/typescript/bin/tsc',
    args: ['-p', 'tsconfig.build.json'],
  },
  { what: 'the window', script: vite, args: ['build', '--config', 'vite.renderer.config.ts'] },
  { what: 'the preload script', script: vite, args: ['build', '--config', 'vite.preload.config.ts'] },
];

/**
 * Builds `dist` where the sources have changed since the last time.
 * @param {string} node the Node binary to build with
 * @returns {Promise<void>}
 * @throws {Error} with the compiler's own words
 */
export async function buildIfChanged(node) {
  const digest = await digestOf(root, inputs, (file) => !file.endsWith('.test.ts'));
  if (await isStamped(stampFile, digest)) return;
  await rm(stampFile, { force: true });
  for (const { what, script, args } of steps) {
    const result = await step(`Building ${what}`, () => runCommand(node, [script, ...args]));
    if (!result.ok) throw new Error(`Building ${what} failed, ${result.reason}:\n${result.output}`);
  }
  await removeOrphans();
  await writeStamp(stampFile, digest);
}

/** Deletes compiled files whose source is gone, because the compiler leaves them behind. */
async function removeOrphans() {
  for (const folder of compiled) {
    const sources = new Set((await filesIn(path.join(root, folder))).map((file) => file.replace(/\.ts$/, '.js')));
    for (const file of await filesIn(path.join(dist, folder))) {
      if (file.endsWith('.js') && !sources.has(file)) await rm(path.join(dist, folder, file));
    }
  }
}

/** @param {string} folder @returns {Promise<string[]>} paths relative to it */
async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
