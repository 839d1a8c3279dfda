import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineClient } from '../../src/engine-client/engine-client.ts';
import { readPhoto } from '../../src/image/read-photo.ts';
import type { Pixels } from '../../src/shared/pixels.ts';
import { makePicture, toPngFile } from './pictures.ts';
import { drop, engineOf, panePixels, saved, screenshot, startApp, waitForDone, type RunningApp } from './window.ts';

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

/** What another process makes of a `.pel` file. */
async function decodeElsewhere(bytes: Buffer): Promise<Pixels> {
  const input = path.join(folder, 'saved.pel');
  await writeFile(input, bytes);
  const engine = createEngineClient();
  try {
    const { outputs } = await engine.call('file.process', {
      operation: 'decompress',
      input,
      outDir: folder,
      settings: { mode: 'codec', sigma: 'auto', quality: 50, strength: 100 },
      encoding: { format: 'png', metadata: 'strip' },
      overwrite: true,
    });
    const picture = outputs.find((output) => output.endsWith('.png')) ?? '';
    return (await readPhoto({ bytes: new Uint8Array(await readFile(picture)), name: 'decoded.png' })).pixels;
  } finally {
    await engine.stop();
  }
}

/** Where the pane, drawn at 100 %, shows the picture: the one offset at which every visible pixel is the same. */
async function offsetOf(page: Page, pane: string, picture: Pixels): Promise<{ x: number; y: number } | null> {
  const drawn = await panePixels(page, pane);
  const at = (x: number, y: number, channel: number) => drawn.data[(y * drawn.width + x) * 4 + channel];
  const middle = { x: Math.floor(drawn.width / 2), y: Math.floor(drawn.height / 2) };
  const isSame = (x: number, y: number, dx: number, dy: number) =>
    [0, 1, 2].every(
      (channel) => at(x, y, channel) === picture.data[((y + dy) * picture.width + x + dx) * picture.channels + channel],
    );
  const probes = Array.from({ length: 24 }, (_, k) => ({ x: middle.x - 60 + k * 5, y: middle.y - 48 + k * 4 }));
  for (let dy = -middle.y; dy < picture.height - middle.y; dy += 1) {
    for (let dx = -middle.x; dx < picture.width - middle.x; dx += 1) {
      if (probes.every(({ x, y }) => isSame(x, y, dx, dy))) return { x: dx, y: dy };
    }
  }
  return null;
}

describe('restoring a photo', () => {
  it('shows the size of the very file that is saved, and the picture that is decoded from it', async () => {
    const { page, complaints } = await app.open();
    const noisy = makePicture(320, 208, 20);
    await screenshot(page, 'empty');
    await drop(page, [{ name: 'rings.png', bytes: await toPngFile(noisy) }]);
    await waitForDone(page, 1);
    await screenshot(page, 'restored');

    const shownSize = Number(await page.locator('.encoded-size').first().getAttribute('value'));
    const file = await saved(page, () => page.click('[data-save="pel"]'));
    expect(file.name).toBe('rings-clear.pel');
    expect(file.bytes.byteLength).toBe(shownSize);
    expect(await page.locator('[data-pane="restored"]').innerText()).toContain('no reference');

    // Before pixels are read back, which the browser comments on.
    expect(complaints).toEqual([]);
    // The picture is smaller than a pane, so that it is drawn at 100 %.
    expect(await offsetOf(page, 'source', noisy)).not.toBeNull();
    const decoded = await decodeElsewhere(file.bytes);
    expect(decoded).toMatchObject({ width: 320, height: 208 });
    const offset = await offsetOf(page, 'source', noisy);
    expect(await offsetOf(page, 'restored', decoded)).toEqual(offset);

    await page.keyboard.press('d');
    await page.waitForTimeout(400);
    const data = noisy.data.map((value, index) => Math.min(255, 4 * Math.abs(value - (decoded.data[index] ?? 0))));
    expect(await offsetOf(page, 'removed', { ...noisy, data })).not.toBeNull();
    await page.context().close();
  });

  it('pans and zooms all panes together, exact to the pixel', async () => {
    const { page } = await app.open();
    const noisy = makePicture(900, 700, 25);
    await drop(page, [{ name: 'large.png', bytes: await toPngFile(noisy) }]);
    await waitForDone(page, 1);
    const file = await saved(page, () => page.click('[data-save="pel"]'));
    const decoded = await decodeElsewhere(file.bytes);

    await page.keyboard.press('z');
    await page.waitForTimeout(600);
    const before = await offsetOf(page, 'source', noisy);
    expect(before).not.toBeNull();
    expect(await offsetOf(page, 'restored', decoded)).toEqual(before);

    const box = await page.locator('[data-pane="restored"] canvas').boundingBox();
    if (box === null || before === null) throw new Error('The restored pane is not there.');
    await page.mouse.move(box.x + 150, box.y + 150);
    await page.mouse.down();
    await page.mouse.move(box.x + 107, box.y + 133, { steps: 4 });
    await page.mouse.up();
    await page.waitForTimeout(600);
    const after = await offsetOf(page, 'source', noisy);
    expect(after).toEqual({ x: before.x + 43, y: before.y + 17 });
    expect(await offsetOf(page, 'restored', decoded)).toEqual(after);

    await page.mouse.wheel(0, -600);
    await page.waitForTimeout(600);
    await screenshot(page, 'zoomed');
    expect(Number.parseFloat(await page.locator('.tools output').innerText())).toBeGreaterThan(200);
    await page.context().close();
  });

  it('measures quality only where the clean photo is known', async () => {
    const { page } = await app.open();
    await drop(page, [{ name: 'clean.png', bytes: await toPngFile(makePicture(320, 208, 0)) }]);
    await waitForDone(page, 1);
    await page.click('.controls summary');
    await page.click('form button');
    await waitForDone(page, 2);
    const text = await page.locator('[data-pane="restored"]').innerText();
    expect(text).toMatch(/PSNR \d\d\.\d\d dB/);
    await page.locator('[data-rivals]').waitFor();
    expect(await page.locator('[data-rivals]').innerText()).toMatch(/JPEG\s+(\d|not reached)/);
    await screenshot(page, 'noisy-copy');
    await page.context().close();
  });

  it('counts a file that is no photo, and says why', async () => {
    const { page } = await app.open();
    const bytes = Buffer.from('This is a text and no picture.');
    await drop(page, [
      { name: 'text.png', bytes },
      { name: 'rings.png', bytes: await toPngFile(makePicture(200, 120, 15)) },
    ]);
    await waitForDone(page, 1);
    expect(await page.locator('.skipped .count').innerText()).toBe('1 file skipped');
    expect(await page.locator('.skipped li').innerText()).toContain('text.png');
    expect(await page.locator('footer .counts').innerText()).toBe('1 of 1 done');
    await page.context().close();
  });
});

describe('trouble', () => {
  it('says that the engine was killed during a job, and does the next one', async () => {
    const { page } = await app.open();
    await drop(page, [{ name: 'huge.png', bytes: await toPngFile(makePicture(3000, 2000, 25)) }]);
    await page.locator('li[data-state="restoring"]').waitFor();
    process.kill(engineOf(app), 'SIGKILL');
    await page.locator('[role="alert"]').first().waitFor();
    await screenshot(page, 'engine-killed');
    await drop(page, [{ name: 'next.png', bytes: await toPngFile(makePicture(200, 120, 15)) }]);
    await waitForDone(page, 1);
    expect(await page.locator('li[data-state="done"]').innerText()).toContain('next.png');
    await page.context().close();
  });

  it('cancels before the photo is done, and goes on when asked to', async () => {
    const { page } = await app.open();
    await drop(page, [{ name: 'wide.png', bytes: await toPngFile(makePicture(2400, 1600, 25)) }]);
    await page.locator('li[data-state="restoring"]').waitFor();
    await page.locator('footer button').click();
    await page.locator('li[data-state="cancelled"]').waitFor();
    await page.locator('footer button').click();
    await page.locator('li[data-state="restoring"]').waitFor();
    await page.context().close();
  });
});
