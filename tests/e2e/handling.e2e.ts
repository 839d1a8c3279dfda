import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePhoto } from '../../src/image/encode-photo.ts';
import { buildExif } from '../../src/image/pictures.test-support.ts';
import { readPhoto } from '../../src/image/read-photo.ts';
import { makePicture, toPngFile } from './pictures.ts';
import { drop, dropFromDisk, panePixels, saved, screenshot, startApp, waitForDone, type RunningApp } from './window.ts';

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

const dropPicture = async (page: Page, name: string) =>
  drop(page, [{ name, bytes: await toPngFile(makePicture(320, 208, 20)) }]);

/** Bytes of the `.pel`, as the window shows them. */
const shownSize = async (page: Page) => Number(await page.locator('.encoded-size').first().getAttribute('value'));

describe('a folder', () => {
  it('is dropped with all photos in it, to any depth, and what is none is counted', async () => {
    const inner = path.join(folder, 'trip', 'day', 'two');
    await mkdir(inner, { recursive: true });
    const png = await toPngFile(makePicture(160, 120, 15));
    await writeFile(path.join(folder, 'trip', 'a.png'), png);
    await writeFile(path.join(inner, 'b.png'), png);
    await writeFile(path.join(inner, 'notes.txt'), 'no photo');
    const { page, complaints } = await app.open();
    await page.locator('.engine[data-state="ready"]').waitFor();
    await dropFromDisk(page, path.join(folder, 'trip'));
    await waitForDone(page, 2);
    expect(await page.locator('li[data-state="done"]').allInnerTexts()).toEqual([
      expect.stringContaining('a.png'),
      expect.stringContaining('b.png'),
    ]);
    expect(await page.locator('.skipped li').innerText()).toContain('notes.txt');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('comparing', () => {
  it('wipes from noisy to restored along a line that moves, and shows one picture alone while its key is held', async () => {
    const { page } = await app.open();
    await dropPicture(page, 'rings.png');
    await waitForDone(page, 1);
    const panes = page.locator('[data-pane]:has(canvas)');
    expect(await panes.count()).toBe(3);
    await page.keyboard.down('3');
    await expect.poll(() => panes.count()).toBe(1);
    expect(await panes.getAttribute('data-pane')).toBe('restored');
    await page.waitForTimeout(400);
    const restored = await panePixels(page, 'restored');
    await page.keyboard.up('3');
    await page.keyboard.down('1');
    await page.locator('[data-pane="source"]').waitFor();
    await expect.poll(() => panes.count()).toBe(1);
    await page.waitForTimeout(400);
    const noisy = await panePixels(page, 'source');
    await page.keyboard.up('1');

    await page.keyboard.press('w');
    await page.locator('[data-pane="wipe"]').waitFor();
    await page.waitForTimeout(400);
    /** The share of the width, 0..1, up to which the pane shows the noisy photo and from which the restored one. */
    const lineOf = async () => {
      const wipe = await panePixels(page, 'wipe');
      expect([wipe.width, wipe.height]).toEqual([noisy.width, noisy.height]);
      const y = Math.floor(wipe.height / 2);
      const isFrom = (other: typeof noisy, x: number) =>
        [0, 1, 2].every((c) => wipe.data[(y * wipe.width + x) * 4 + c] === other.data[(y * wipe.width + x) * 4 + c]);
      const columns = Array.from({ length: wipe.width }, (_, x) => x);
      const lastNoisy = columns.findLast((x) => isFrom(noisy, x) && !isFrom(restored, x)) ?? 0;
      const firstRestored = columns.find((x) => isFrom(restored, x) && !isFrom(noisy, x)) ?? 0;
      expect(firstRestored).toBeGreaterThan(lastNoisy);
      return (lastNoisy + firstRestored) / 2 / wipe.width;
    };
    expect(await lineOf()).toBeCloseTo(0.5, 1);
    await page.getByRole('slider', { name: 'Position of the wipe' }).focus();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(400);
    expect(await lineOf()).toBeGreaterThan(0.51);
    await page.context().close();
  });
});

describe('a setting', () => {
  it('changes the file: quality, a size that is not to be exceeded, a PSNR to be reached, and back by undo', async () => {
    const { page, complaints } = await app.open();
    await drop(page, [{ name: 'large.png', bytes: await toPngFile(makePicture(640, 416, 20)) }]);
    await waitForDone(page, 1);
    const first = await shownSize(page);
    const quality = page.getByRole('spinbutton', { name: 'Quality' });
    await quality.fill('95');
    await quality.blur();
    await expect.poll(() => shownSize(page), { timeout: 60_000 }).toBeGreaterThan(1.3 * first);
    const fine = await shownSize(page);

    await page.locator('label:has-text("Size")').click();
    const most = page.getByLabel('At most', { exact: true });
    await most.fill(String(first / 1000));
    await most.blur();
    await expect.poll(() => shownSize(page), { timeout: 60_000 }).toBeLessThanOrEqual(first);
    expect(await shownSize(page)).toBeGreaterThan(0.7 * first);
    await page.getByText(/Found: quality \d/).waitFor();
    await waitForDone(page, 1);
    const file = await saved(page, () => page.click('[data-save="pel"]'));
    expect(file.bytes.byteLength).toBe(await shownSize(page));
    await screenshot(page, 'target-size');

    await page.locator('label:has-text("PSNR")').first().click();
    const least = page.getByRole('spinbutton', { name: 'At least' });
    await least.fill('25');
    await least.blur();
    await expect.poll(() => shownSize(page), { timeout: 60_000 }).toBeLessThan(0.9 * first);
    await page.locator('[data-pane="source"] .view').focus();
    for (let step = 0; step < 4; step += 1) await page.keyboard.press('Control+z');
    await expect.poll(() => shownSize(page), { timeout: 60_000 }).toBe(fine);
    await page.keyboard.press('Control+z');
    await expect.poll(() => shownSize(page), { timeout: 60_000 }).toBe(first);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('metadata', () => {
  it('goes along, without the place, or not at all, as chosen', async () => {
    const pixels = makePicture(320, 208, 20);
    const metadata = { exif: buildExif({ width: 320, height: 208 }) };
    const bytes = Buffer.from(await encodePhoto({ pixels, metadata }, { format: 'jpeg', metadata: 'keep' }));
    const { page } = await app.open();
    await drop(page, [{ name: 'place.jpg', bytes, mediaType: 'image/jpeg' }]);
    await waitForDone(page, 1);
    await page.click('[aria-label="Save"] summary');
    const exported = async () => {
      const file = await saved(page, () => page.click('[data-save="image"]'));
      expect(file.name).toMatch(/^place-clear.*\.jpg$/);
      const photo = await readPhoto({ bytes: new Uint8Array(file.bytes), name: file.name });
      return Buffer.from(photo.metadata.exif ?? []);
    };
    // The entry that leads to the place, little endian.
    const place = Buffer.from([0x25, 0x88, 0x04, 0x00]);
    const turn = (name: string) => page.getByRole('switch', { name }).click();
    const full = await exported();
    expect([full.includes(place), full.includes('MakerNote secret')]).toEqual([true, true]);
    await turn('Keep location');
    const placeless = await exported();
    expect([placeless.includes(place), placeless.includes('MakerNote secret')]).toEqual([false, true]);
    await turn('Keep metadata');
    expect((await exported()).length).toBe(0);
    await page.context().close();
  });
});
