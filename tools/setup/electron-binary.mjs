import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { root } from './paths.mjs';
import { step } from './progress.mjs';
import { recallFailure, rememberFailure } from './remembered-failure.mjs';

const electronFolder = path.join(root, 'node_modules', 'electron');
const stallMs = 45_000;

/**
 * Why no window can be opened here, whatever is installed.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @param {number | undefined} userId
 * @returns {string | undefined} a sentence without its end
 */
export function windowObstacle(env, platform, userId) {
  if (platform !== 'linux') return undefined;
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return 'There is no display here';
  // Chromium's sandbox refuses to run as root, and Pellucid is never run without it.
  if (userId === 0) return 'A window cannot be opened as root';
  return undefined;
}

/**
 * The Electron binary, fetched by Electron's own installer where it is missing.
 * @param {string} node the engine's Node binary
 * @returns {Promise<{ binary: string } | { problem: string }>} its path, or a sentence without its end that says
 * why there is none
 */
export async function prepareElectron(node) {
  const installed = await electronBinary();
  if (installed !== undefined) return { binary: installed };
  const { version } = JSON.parse(await readFile(path.join(electronFolder, 'package.json'), 'utf8'));
  const earlier = await recallFailure('electron', version);
  if (earlier !== undefined) return { problem: earlier };
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'pellucid-electron-'));
  try {
    const result = await step(`Fetching Electron ${version} (about 110 MB)`, (say) =>
      runCommand(node, ['install.js'], {
        cwd: electronFolder,
        env: { TMPDIR: temporary, TEMP: temporary, TMP: temporary },
        watchFolder: temporary,
        stallMs,
        onGrowth: (bytes) => say(`${Math.round(bytes / 1e6)} MB`),
      }),
    );
    const binary = await electronBinary();
    if (binary !== undefined) return { binary };
    const problem = `Electron could not be fetched (${result.reason})`;
    await rememberFailure('electron', version, problem);
    return { problem };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** @returns {Promise<string | undefined>} */
async function electronBinary() {
  const place = await readFile(path.join(electronFolder, 'path.txt'), 'utf8').catch(() => undefined);
  if (place === undefined) return undefined;
  const binary = path.join(electronFolder, 'dist', place);
  return existsSync(binary) ? binary : undefined;
}
