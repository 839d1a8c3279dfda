import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronEnvironment, electronOf } from './electron-app.ts';
import { makePicture, toPngFile } from './pictures.ts';
import { choose, drop, engineOf, screenshot, startApp, waitForDone, type RunningApp } from './window.ts';

let app: RunningApp;
let folder: string;

beforeAll(async () => {
  app = await startApp();
  folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-e2e-'));
});

afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the page', () => {
  it('is the app’s own, without Node, without the network, and runs no text as code', async () => {
    const { page } = await app.open();
    expect(new URL(page.url()).protocol).toBe('app:');
    const seen = await page.evaluate(async () => {
      const fails = async (attempt: () => unknown): Promise<boolean> => {
        try {
          return (await attempt()) === null;
        } catch {
          return true;
        }
      };
      return {
        node: ['process', 'require', 'module', 'Buffer'].filter((name) => name in globalThis),
        noCode: await fails(() => new Function('return 1')()),
        noNetwork: await fails(() => fetch('https://example.org/')),
        noLoopback: await fails(() => fetch('http://127.0.0.1:9/')),
        noWindow: await fails(() => window.open('https://example.org/')),
        noFile: await fails(() => fetch('file:///etc/passwd')),
      };
    });
    expect(seen).toEqual({
      node: [],
      noCode: true,
      noNetwork: true,
      noLoopback: true,
      noWindow: true,
      noFile: true,
    });
    const windows = await electronOf(page).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    expect(windows).toBe(1);
    await page.context().close();
  });
});

describe('files', () => {
  it('are opened from the dialog by their path, and the result can be dragged out of the window', async () => {
    const { page, complaints } = await app.open();
    const photo = { name: 'rings.png', bytes: await toPngFile(makePicture(320, 208, 20)) };
    await choose(page, () => page.locator('.actions button').first().click(), [photo]);
    await waitForDone(page, 1);
    await screenshot(page, 'chosen');
    const electron = electronOf(page);
    await electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const startDrag = ({ file }: { file: string }) => Object.assign(globalThis, { draggedFile: file });
      Object.assign(contents ?? {}, { startDrag });
    });
    await page.dispatchEvent('[data-save="pel"]', 'dragstart');
    const dragged = () => electron.evaluate(() => String(Reflect.get(globalThis, 'draggedFile') ?? ''));
    await expect.poll(dragged, { timeout: 10_000 }).toMatch(/rings-clear\.pel$/);
    const size = Number(await page.locator('.encoded-size').first().getAttribute('value'));
    expect((await readFile(await dragged())).byteLength).toBe(size);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('that a second start names are opened in the window that is there', async () => {
    const { page } = await app.open();
    await page.locator('.engine[data-state="ready"]').waitFor({ timeout: 60_000 });
    const file = path.join(folder, 'second.png');
    await writeFile(file, await toPngFile(makePicture(200, 120, 15)));
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const second = spawn(process.env['PELLUCID_ELECTRON'] ?? '', [root, file], {
      env: electronEnvironment(app.dataFolder),
      stdio: 'ignore',
    });
    await once(second, 'exit');
    await waitForDone(page, 1);
    expect(await page.locator('li[data-state="done"]').innerText()).toContain('second.png');
    await page.context().close();
  });
});

describe('the end', () => {
  it('leaves no engine behind', async () => {
    const { page } = await app.open();
    await drop(page, [{ name: 'a.png', bytes: await toPngFile(makePicture(200, 120, 15)) }]);
    await waitForDone(page, 1);
    const engine = engineOf(app);
    await page.context().close();
    expect(() => process.kill(engine, 0)).toThrow('ESRCH');
  });
});
