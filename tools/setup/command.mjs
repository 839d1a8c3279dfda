import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd] the root of the repository where it is not given
 * @property {NodeJS.ProcessEnv} [env] added to the environment
 * @property {number} [timeoutMs] after this long the command is killed
 * @property {string} [watchFolder] folder in which the command's progress shows as growing files
 * @property {number} [stallMs] the command is killed when the watched folder has not grown for this long
 * @property {(bytes: number) => void} [onGrowth] takes the bytes in the watched folder, about once a second
 * @property {boolean} [keepOutput] keeps all of what it prints on standard output, and nothing else
 * @property {boolean} [shell] needed for `.cmd` files on Windows
 */

/**
 * @typedef {object} CommandResult
 * @property {boolean} ok exit code 0
 * @property {string} output the end of what it printed, standard output and error together
 * @property {string} reason one clause that says how it failed; empty when it did not
 */

const outputLimit = 20_000;

/**
 * Runs a command to its end, quietly. It never throws: a command that cannot be started is a failed one.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} options
 * @returns {Promise<CommandResult>}
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: withLocalBinaries({ ...process.env, ...options.env }),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: options.shell ?? false,
    });
    let output = '';
    let killedBecause = '';
    const kill = (/** @type {string} */ because) => {
      killedBecause = because;
      child.kill('SIGKILL');
    };
    const collect = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk.toString()).slice(options.keepOutput ? 0 : -outputLimit);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', options.keepOutput ? () => undefined : collect);
    const stopWatching = watch(options, kill);
    const end = (/** @type {string} */ failure) => {
      stopWatching();
      resolve({ ok: failure === '', output: output.trim(), reason: killedBecause || failure });
    };
    child.on('error', (error) => end(`it could not be started (${error.message})`));
    child.on('exit', (code, signal) => {
      // What a grandchild still holds open must not keep the result back.
      setImmediate(() =>
        end(code === 0 ? '' : code === null ? `it was ended by ${signal}` : `it ended with code ${code}`),
      );
    });
  });
}

/**
 * The environment with the project's own commands first on the path.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function withLocalBinaries(env) {
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [key]: [path.join(root, 'node_modules', '.bin'), env[key]].filter(Boolean).join(path.delimiter) };
}

/**
 * @param {CommandOptions} options
 * @param {(because: string) => void} kill
 * @returns {() => void} ends the watch
 */
function watch({ timeoutMs, watchFolder, stallMs, onGrowth }, kill) {
  const timeout =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => kill(`it was still not done after ${Math.round(timeoutMs / 1000)} s`), timeoutMs);
  if (watchFolder === undefined) return () => clearTimeout(timeout);
  let bytes = 0;
  let grownAt = performance.now();
  const look = async () => {
    const now = await folderBytes(watchFolder);
    if (now !== bytes) grownAt = performance.now();
    bytes = now;
    onGrowth?.(bytes);
    if (stallMs !== undefined && performance.now() - grownAt > stallMs) {
      kill(`nothing arrived for ${Math.round(stallMs / 1000)} s`);
    }
  };
  const timer = setInterval(() => void look(), 1000);
  return () => {
    clearTimeout(timeout);
    clearInterval(timer);
  };
}

/**
 * @param {string} folder
 * @returns {Promise<number>} bytes of all files below it; files that vanish meanwhile count as nothing
 */
async function folderBytes(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map((entry) =>
      stat(path.join(entry.parentPath, entry.name)).then(
        (info) => info.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
