import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { recallFailure, rememberFailure } from './remembered-failure.mjs';
import { report, step } from './progress.mjs';
import { cacheEntry, clearTensorFlow, fillCache, placeFromCache, tfjsNodeFolder } from './tensorflow-cache.mjs';
import { recipeFor, tensorFlowVersion } from './tensorflow-recipe.mjs';

/** Loads the addon as the engine does and lets it add two numbers. */
const probeScript = `
  const util = require('node:util');
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const tf = require('@tensorflow/tfjs-node');
  if (tf.getBackend() !== 'tensorflow' || tf.scalar(1).add(2).arraySync() !== 3) process.exit(1);
`;
const quiet = { TF_CPP_MIN_LOG_LEVEL: '3', NODE_NO_WARNINGS: '1' };
const platform = `${process.platform}-${process.arch}`;

/**
 * Makes native TensorFlow load, by the first way that works: it already does; the cache; TensorFlow's wheel and a
 * compiler; tfjs-node's own installer. Where none works it says so, and Pellucid goes on with WebAssembly.
 * @param {string} node the engine's Node binary
 * @returns {Promise<void>}
 */
export async function prepareTensorFlow(node) {
  if (await loads(node)) return;
  const recipe = recipeFor(platform);
  const tools = recipe === undefined ? undefined : await findTools();
  const circumstances = `${platform} pip:${tools?.pip ?? 'none'} compiler:${tools?.compiler ?? 'none'}`;
  const earlier = await recallFailure('tensorflow', circumstances);
  if (earlier !== undefined) return report(earlier);
  const tried = [];
  const failure = await tryWheel(node, recipe, tools);
  if (failure === undefined) return;
  tried.push(failure);
  const second = await tryOfficialInstaller(node);
  if (second === undefined) return;
  tried.push(second);
  const message = failureParagraph(tried, tools);
  await rememberFailure('tensorflow', circumstances, message);
  report(message);
}

/**
 * @param {readonly string[]} tried a clause for each way
 * @param {{ pip?: readonly string[] | undefined, compiler?: string | undefined } | undefined} tools
 * @returns {string} the one paragraph on what was tried and what to install
 */
export function failureParagraph(tried, tools) {
  const missing = [
    ...(tools !== undefined && tools.pip === undefined ? ['Python 3 with pip'] : []),
    ...(tools !== undefined && tools.compiler === undefined ? ['a C++17 compiler (g++ or clang++)'] : []),
  ];
  const remedy =
    missing.length > 0
      ? `Install ${missing.join(' and ')}`
      : 'Check that the Python package index or storage.googleapis.com can be reached and that 3 GB of disk are free';
  return (
    `Native TensorFlow could not be prepared. Tried: ${tried.map((clause, i) => `(${i + 1}) ${clause}`).join('; ')}. ` +
    `${remedy}, then run "node tools/setup.mjs --retry". Until then photos are processed by WebAssembly, ` +
    'which is slower, and training is not available.'
  );
}

/** @param {string} node */
async function loads(node) {
  if (!existsSync(path.join(tfjsNodeFolder, 'lib', 'napi-v8', 'tfjs_binding.node'))) return false;
  return (await runCommand(node, ['-e', probeScript], { env: quiet, timeoutMs: 120_000 })).ok;
}

/**
 * @param {string} node
 * @param {import('./tensorflow-recipe.mjs').Recipe | undefined} recipe
 * @param {{ pip?: readonly string[] | undefined, compiler?: string | undefined } | undefined} tools
 * @returns {Promise<string | undefined>} why it failed
 */
async function tryWheel(node, recipe, tools) {
  if (recipe === undefined) return `TensorFlow's wheels hold no linkable library for ${platform}`;
  const entry = await cacheEntry(platform);
  try {
    if (existsSync(entry)) {
      report(`Taking TensorFlow ${tensorFlowVersion} from the cache.`);
      await placeFromCache(entry);
      if (await loads(node)) return undefined;
      report('What the cache holds does not load; building it anew.');
    }
    if (tools?.pip === undefined) return "the TensorFlow wheel, but Python's pip was not found";
    if (tools.compiler === undefined) return 'building the addon, but no C++ compiler was found';
    await rm(entry, { recursive: true, force: true });
    await fillCache(recipe, { pip: tools.pip, compiler: tools.compiler }, entry);
    await placeFromCache(entry);
    return (await loads(node)) ? undefined : 'the addon built from the wheel, but it does not load';
  } catch (error) {
    return `the TensorFlow wheel, but ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** @param {string} node @returns {Promise<string | undefined>} why it failed */
async function tryOfficialInstaller(node) {
  // Its installer takes libraries that are there for its own.
  await clearTensorFlow();
  const result = await step("Trying tfjs-node's own installer (TensorFlow 2.9.1)", (say) =>
    runCommand(node, ['scripts/install.js'], {
      cwd: tfjsNodeFolder,
      watchFolder: path.join(tfjsNodeFolder, 'deps'),
      stallMs: 90_000,
      onGrowth: (bytes) => say(`${Math.round(bytes / 1e6)} MB`),
    }),
  );
  if (await loads(node)) return undefined;
  return `tfjs-node's own installer, but ${result.reason || 'what it installed does not load'}`;
}

/** @returns {Promise<{ pip: readonly string[] | undefined, compiler: string | undefined }>} */
async function findTools() {
  const works = async (/** @type {readonly string[]} */ [command = '', ...args]) =>
    (await runCommand(command, [...args, '--version'], { timeoutMs: 20_000 })).ok;
  const firstThatWorks = async (/** @type {readonly (readonly string[])[]} */ commands) => {
    for (const command of commands) if (await works(command)) return command;
    return undefined;
  };
  const fromEnvironment = process.env['CXX'] ? [[process.env['CXX']]] : [];
  const pip = await firstThatWorks([['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']]);
  const compiler = await firstThatWorks([...fromEnvironment, ['g++'], ['clang++'], ['c++']]);
  return { pip, compiler: compiler?.[0] };
}
