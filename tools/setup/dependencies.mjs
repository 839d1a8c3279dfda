import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { root } from './paths.mjs';
import { report, step } from './progress.mjs';

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {boolean} [optional]
 * @property {boolean} [link]
 */

/**
 * Brings `node_modules` in line with `package-lock.json`. No install script runs: the steps after this one do by name
 * what is needed.
 * @returns {Promise<void>}
 * @throws {Error} when npm fails
 */
export async function installDependencies() {
  const { packages } = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8'));
  const wrong = await firstMismatch(packages, installedVersion);
  if (wrong === undefined) return;
  report(`Installing dependencies, because ${wrong}.`);
  const { command, args, shell } = npmCommand(process.env, process.platform);
  const install = [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = await step('npm ci', () => runCommand(command, install, { shell }));
  if (result.ok) return;
  throw new Error(
    `Dependencies could not be installed: "npm ci" failed, ${result.reason}. Check the network connection and the ` +
      `space on the disk, then run the same command again. What npm said:\n${result.output.slice(0, 2000)}`,
  );
}

/**
 * The first package that is not installed as the lock file wants it. Optional packages may be absent, because npm
 * leaves out those for other platforms.
 * @param {Record<string, LockedPackage>} packages the lock file's `packages`
 * @param {(folder: string) => Promise<string | undefined>} versionIn version installed in a folder, if any
 * @returns {Promise<string | undefined>} a clause that names it, undefined where all is in line
 */
export async function firstMismatch(packages, versionIn) {
  const wanted = Object.entries(packages).filter(([folder, entry]) => folder !== '' && entry.link !== true);
  const clauses = await Promise.all(
    wanted.map(async ([folder, entry]) => {
      const installed = await versionIn(folder);
      if (installed === entry.version || (installed === undefined && entry.optional === true)) return undefined;
      return installed === undefined
        ? `${folder} is missing`
        : `${folder} is ${installed} and should be ${entry.version}`;
    }),
  );
  return clauses.find((clause) => clause !== undefined);
}

/** @param {string} folder @returns {Promise<string | undefined>} */
async function installedVersion(folder) {
  const text = await readFile(path.join(root, folder, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text).version;
}

/**
 * How to call npm: the one that started us where there is one, else the one on the path.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npmCommand(env, platform) {
  const script = env['npm_execpath'];
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) {
    return { command: process.execPath, args: [script], shell: false };
  }
  // `npm.cmd` can be started only through a shell.
  return { command: 'npm', args: [], shell: platform === 'win32' };
}
