import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** The whole app as a person has it: the web host as a process of its own, its engine, and a real browser. */
export interface RunningApp {
  address: string;
  host: ChildProcess;
  browser: Browser;
  /** Where it keeps models, runs and the queue; its own unless one was given, and gone when it has stopped. */
  dataFolder: string;
  /** A window of its own, with what the page complained about. */
  open(options?: BrowserContextOptions): Promise<{ page: Page; complaints: string[] }>;
  stop(options?: { keepsData?: boolean }): Promise<void>;
}

/** A photo to be dropped. */
export interface DroppedFile {
  name: string;
  bytes: Buffer;
  mediaType?: string;
}

const root = new URL('../../', import.meta.url);
const screenshots = new URL('screenshots/', import.meta.url);

/**
 * Starts the web host on a free port and the browser named by PELLUCID_BROWSER.
 * @param given data folder of an app that was stopped, to start it again
 */
export async function startApp(given?: string): Promise<RunningApp> {
  const entry = fileURLToPath(new URL('src/web-host/main.ts', root));
  const dataFolder = given ?? (await mkdtemp(path.join(os.tmpdir(), 'pellucid-e2e-')));
  const env = { ...process.env, PELLUCID_DATA: dataFolder };
  const host = spawn(process.execPath, [entry, '--no-open'], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const address = await addressOf(host);
  const executablePath = process.env['PELLUCID_BROWSER'];
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  });
  return {
    address,
    host,
    browser,
    dataFolder,
    async open(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
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

async function addressOf(host: ChildProcess): Promise<string> {
  if (host.stdout === null) throw new Error('The web host has no output to read the address from.');
  for await (const line of createInterface({ input: host.stdout })) {
    const address = /https?:\/\/\S+/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error('The web host ended before it had printed its address.');
}

/** Drops files on the window, as a file manager does. */
export async function drop(page: Page, files: DroppedFile[]): Promise<void> {
  const plain = files.map(({ name, bytes, mediaType = 'image/png' }) => ({
    name,
    mediaType,
    base64: bytes.toString('base64'),
  }));
  const transfer = await page.evaluateHandle((dropped) => {
    const data = new DataTransfer();
    for (const { name, mediaType, base64 } of dropped) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: mediaType }));
    }
    return data;
  }, plain);
  await page.dispatchEvent('.window', 'drop', { dataTransfer: transfer });
}

/** Waits until so many photos of the queue are done and their pictures are drawn. */
export async function waitForDone(page: Page, count: number): Promise<void> {
  await page.locator(`li[data-state="done"] >> nth=${count - 1}`).waitFor({ timeout: 120_000 });
  await page.locator('footer progress').waitFor({ state: 'detached' });
  await page.locator('.note:has-text(" …")').first().waitFor({ state: 'detached' });
  // Pictures are fetched and drawn after the result is known.
  await page.waitForTimeout(500);
}

/** Does something that saves a file, and gives the file. */
export async function saved(page: Page, action: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), action()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** The pixels of a pane as it is drawn, RGBA. */
export async function panePixels(
  page: Page,
  pane: string,
): Promise<{ width: number; height: number; data: Uint8Array }> {
  const { width, height, base64 } = await page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`[data-pane="${name}"] canvas`);
    const context = canvas?.getContext('2d');
    if (canvas == null || context == null) throw new Error(`There is no pane ${name}.`);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let text = '';
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
    return { width: canvas.width, height: canvas.height, base64: btoa(text) };
  }, pane);
  return { width, height, data: new Uint8Array(Buffer.from(base64, 'base64')) };
}

/** Keeps a picture of the window beside the tests. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, screenshots)), animations: 'disabled' });
}

/** The process that the web host has started. */
export function engineOf({ host }: RunningApp): number {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const pid = rows.find(([, parent]) => parent === host.pid)?.[0];
  if (pid === undefined) throw new Error('The web host has no engine.');
  return pid;
}
