import { existsSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { root } from './paths.mjs';
import { step } from './progress.mjs';
import { recallFailure, rememberFailure } from './remembered-failure.mjs';

const commands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'msedge'];

/**
 * Every place where a Chromium may be, the best first: the one that PELLUCID_BROWSER names, the path, the usual places.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @returns {string[]} absolute paths, which need not exist
 */
export function browserPlaces(env, platform) {
  if (env['PELLUCID_BROWSER']) return [env['PELLUCID_BROWSER']];
  const join = platform === 'win32' ? path.win32.join : path.posix.join;
  const separator = platform === 'win32' ? ';' : ':';
  const suffix = platform === 'win32' ? '.exe' : '';
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(separator).filter((folder) => folder !== '');
  const onPath = commands.flatMap((command) => folders.map((folder) => join(folder, command + suffix)));
  return [...onPath, ...usualPlaces(env, platform)];
}

/** @param {NodeJS.ProcessEnv} env @param {NodeJS.Platform} platform @returns {string[]} */
function usualPlaces(env, platform) {
  if (platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform === 'win32') {
    const bases = [env['ProgramFiles'], env['ProgramFiles(x86)'], env['LOCALAPPDATA']].filter(
      (base) => base !== undefined,
    );
    const programs = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];
    return programs.flatMap((program) => bases.map((base) => path.win32.join(base, program)));
  }
  return ['/opt/google/chrome/chrome', '/usr/lib/chromium/chromium', '/snap/bin/chromium'];
}

/**
 * A Chrome or Chromium for the tests in a real browser: one that is there, else one fetched by Playwright, else one
 * from the system's packages where that is possible.
 * @param {string} node the engine's Node binary
 * @returns {Promise<{ browser: string } | { problem: string }>} its path, or one paragraph on what was tried
 */
export async function prepareBrowser(node) {
  const present = await findBrowser();
  if (present !== undefined) return { browser: present };
  if (process.env['PELLUCID_BROWSER']) {
    return {
      problem: `PELLUCID_BROWSER names ${process.env['PELLUCID_BROWSER']}, which is not a browser that starts.`,
    };
  }
  const earlier = await recallFailure('browser', process.platform);
  if (earlier !== undefined) return { problem: earlier };
  const tried = ['no Chrome or Chromium was found'];
  for (const install of [installWithPlaywright, installWithApt]) {
    const failure = await install(node);
    const browser = failure === undefined ? await findBrowser() : undefined;
    if (browser !== undefined) return { browser };
    tried.push(failure ?? 'what was installed does not start');
  }
  const problem =
    `There is no browser for the end-to-end tests: ${tried.join('; ')}. ` +
    'Install Chrome or Chromium, or let PELLUCID_BROWSER name one, then run "node tools/setup.mjs --retry".';
  await rememberFailure('browser', process.platform, problem);
  return { problem };
}

/** @returns {Promise<string | undefined>} */
export async function findBrowser() {
  const { chromium } = await import('playwright-core');
  for (const place of [...browserPlaces(process.env, process.platform), chromium.executablePath()]) {
    if (existsSync(place) && (await starts(place))) return place;
  }
  return undefined;
}

/** Some distributions put a script in the browser's place that only says how to install it. @param {string} place */
async function starts(place) {
  // On Windows `--version` opens a window.
  return process.platform === 'win32' || (await runCommand(place, ['--version'], { timeoutMs: 30_000 })).ok;
}

/** @param {string} node @returns {Promise<string | undefined>} why it failed */
async function installWithPlaywright(node) {
  const cli = path.join(root, 'node_modules', 'playwright-core', 'cli.js');
  const result = await step("Fetching Chromium with Playwright's installer", () =>
    runCommand(node, [cli, 'install', 'chromium'], {
      env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '20000' },
      timeoutMs: 300_000,
    }),
  );
  return result.ok ? undefined : `Playwright's installer failed (${result.reason})`;
}

/** @returns {Promise<string | undefined>} why it failed */
async function installWithApt() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return 'packages of the system can be installed only by root on Debian and its kin';
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const result = await step('Installing Chromium with apt-get', async () => {
    await runCommand('apt-get', ['update', '-qq'], { env, timeoutMs: 180_000 });
    return runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      env,
      timeoutMs: 600_000,
    });
  });
  return result.ok ? undefined : `apt-get failed (${result.reason})`;
}
