import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { complaintsOf, giveHands, type Hands, type RunningApp } from './running-app.ts';

/** The app in a browser: the web host as a process of its own, its engine, and the browser named by PELLUCID_BROWSER. */
export async function startBrowserApp(given?: string): Promise<RunningApp> {
  const entry = fileURLToPath(new URL('../../src/web-host/main.ts', import.meta.url));
  const dataFolder = given ?? (await mkdtemp(path.join(os.tmpdir(), 'pellucid-e2e-')));
  const env = { ...process.env, PELLUCID_DATA: dataFolder };
  // First what may be missing, so that no process is left behind.
  const browser = await launchBrowser();
  const host = spawn(process.execPath, [entry, '--no-open'], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const address = await addressOf(host);
  return {
    dataFolder,
    ownerPid: () => host.pid ?? 0,
    async open(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      giveHands(page, browserHands(page));
      await page.goto(address);
      return { page, complaints };
    },
    async stop({ keepsData = false } = {}) {
      await browser.close();
      host.kill('SIGTERM');
      if (host.exitCode === null) await once(host, 'exit');
      if (!keepsData) await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

function launchBrowser() {
  const executablePath = process.env['PELLUCID_BROWSER'];
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
}

function browserHands(page: Page): Hands {
  return {
    async save(action) {
      const [download] = await Promise.all([page.waitForEvent('download'), action()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    },
    async choose(action, files) {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), action()]);
      await chooser.setFiles(
        files.map(({ name, bytes, mediaType = 'image/*' }) => ({ name, mimeType: mediaType, buffer: bytes })),
      );
    },
  };
}

async function addressOf(host: ChildProcess): Promise<string> {
  if (host.stdout === null) throw new Error('The web host has no output to read the address from.');
  for await (const line of createInterface({ input: host.stdout })) {
    const address = /https?:\/\/\S+/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error('The web host ended before it had printed its address.');
}
