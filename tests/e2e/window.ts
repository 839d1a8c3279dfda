import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { startBrowserApp } from './browser-app.ts';
import { startElectronApp } from './electron-app.ts';
import { handsOf, type DroppedFile, type RunningApp } from './running-app.ts';

export type { DroppedFile, RunningApp } from './running-app.ts';

const electron = process.env['PELLUCID_ELECTRON'];
const screenshots = new URL(electron === undefined ? 'screenshots/' : 'screenshots/electron/', import.meta.url);

/**
 * Starts the app: in Electron where `npm run test:electron` has named its binary, else in a browser.
 * @param given data folder of an app that was stopped, to start it again
 */
export function startApp(given?: string): Promise<RunningApp> {
  return electron === undefined ? startBrowserApp(given) : startElectronApp(given);
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

/** Drags a file or a folder of this computer into the window, as the browser itself takes it, and lets it go there. */
export async function dropFromDisk(page: Page, file: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
  }
  await session.detach();
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
export function saved(page: Page, action: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  return handsOf(page).save(action);
}

/** Does something that asks for files, and chooses these. */
export function choose(page: Page, action: () => Promise<void>, files: DroppedFile[]): Promise<void> {
  return handsOf(page).choose(action, files);
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

/** The engine's process. */
export function engineOf({ ownerPid }: RunningApp): number {
  const processes = listProcesses();
  const family = new Set([ownerPid()]);
  // A child can have a lower number than its parent, so that one walk through the list may not find all.
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  const engine = processes.find(({ pid, command }) => family.has(pid) && /engine[\\/]main\.(ts|js)/.test(command));
  if (engine === undefined) throw new Error('The app has no engine.');
  return engine.pid;
}

function listProcesses(): { pid: number; parent: number; command: string }[] {
  const format = '"$($_.ProcessId) $($_.ParentProcessId) $($_.CommandLine)"';
  const table =
    process.platform === 'win32'
      ? execFileSync('powershell', ['-NoProfile', '-Command', `Get-CimInstance Win32_Process | % { ${format} }`])
      : execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args=']);
  return table
    .toString()
    .split('\n')
    .flatMap((line) => {
      const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
    });
}
