import os from 'node:os';
import path from 'node:path';

/** The root of the repository. */
export const root = path.resolve(import.meta.dirname, '../..');

/**
 * The folder for what is dear to fetch or build and outlives `node_modules`.
 * @param {NodeJS.ProcessEnv} env `PELLUCID_CACHE` overrides the platform's own place
 * @param {NodeJS.Platform} platform
 * @returns {string} absolute path
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env['PELLUCID_CACHE']) return path.resolve(env['PELLUCID_CACHE']);
  if (platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', 'pellucid');
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] || path.join(os.homedir(), 'AppData', 'Local'), 'pellucid', 'cache');
  }
  return path.join(env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'pellucid');
}
