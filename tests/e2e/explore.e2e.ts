import axe from 'axe-core';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tinyAutoencoder } from '../../src/ml/tiny-models.test-support.ts';
import { writeModelPackage } from '../../src/ml/store/model-package.ts';
import { encodePhoto } from '../../src/image/encode-photo.ts';
import { readPhoto } from '../../src/image/read-photo.ts';
import { makePicture, toPngFile } from './pictures.ts';
import { choose, saved, screenshot, startApp, type RunningApp } from './window.ts';

let app: RunningApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-e2e-'));
  await writeModelPackage(path.join(folder, 'models', 'made-up'), tinyAutoencoder('variational', 'made-up'));
  app = await startApp(folder);
});

afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  { colorScheme: 'light', locale: 'en-GB' },
  { colorScheme: 'dark', locale: 'zh-CN' },
] as const)('exploring in $colorScheme, $locale', ({ colorScheme, locale }) => {
  it('groups a photo with its recompressed copy, and saves the list of what is marked', async () => {
    const { page, complaints } = await app.open({ colorScheme, locale });
    await page.click('[data-view="explore"]');
    const pixels = makePicture(320, 240, 0);
    const files = [
      { name: 'clean.png', bytes: await toPngFile(pixels) },
      {
        name: 'copy.jpg',
        bytes: Buffer.from(await encodePhoto({ pixels, metadata: {} }, { format: 'jpeg', quality: 70 })),
      },
    ];
    await choose(page, () => page.click('[data-explore="files"]'), files);
    await page.locator('[data-explore="summary"]').waitFor({ timeout: 60_000 });
    await page.click('[data-explore="find"]');
    await page.locator('[data-explore="group"] .tile >> nth=1').waitFor();
    await page.locator('[data-explore="group"] .picture').first().click();
    await page.locator('[data-explore="neighbours"] .tile').waitFor();
    await page.locator('[data-explore="group"] input').last().check();
    expect(await violationsIn(page)).toEqual([]);
    await screenshot(page, `explore-${colorScheme}`);
    const list = await saved(page, () => page.locator('[data-explore="save"]').click());
    expect(list.name).toBe('copies.txt');
    expect(list.bytes.toString()).toMatch(/^(.*[\\/])?(clean\.png|copy\.jpg)\n$/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('arranges photos on a map, sorts them by a few examples, and looks for unusual ones', async () => {
    const { page, complaints } = await app.open({ colorScheme, locale });
    await page.click('[data-view="explore"]');
    const files = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => ({
        name: `photo-${at}.png`,
        bytes: await toPngFile(makePicture(200 + (at % 2) * 120, 240, at)),
      })),
    );
    await choose(page, () => page.click('[data-explore="files"]'), files);
    await page.locator('[data-explore="summary"]').waitFor({ timeout: 60_000 });

    await showPart(page, 'map');
    const map = page.locator('[data-explore="map"]');
    await map.waitFor();
    await page.keyboard.press('Tab');
    await page.locator('[role="application"]').press('-');
    const box = await map.boundingBox();
    if (box === null) throw new Error('The map has no size.');
    // Round all of it with the Shift key held.
    await page.keyboard.down('Shift');
    await page.mouse.move(box.x + 4, box.y + 4);
    await page.mouse.down();
    for (const [x, y] of [
      [0.99, 0.01],
      [0.99, 0.99],
      [0.01, 0.99],
    ] as const) {
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
    }
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await vi.waitUntil(async () => /8/.test((await page.locator('[data-explore="selection"]').textContent()) ?? ''));
    expect(await violationsIn(page)).toEqual([]);
    await screenshot(page, `explore-map-${colorScheme}`);
    const codes = await saved(page, () => page.locator('[data-explore="codes-csv"]').click());
    expect(codes.bytes.toString().trim().split('\n')).toHaveLength(9);

    await showPart(page, 'sort');
    for (const [name, photos] of [
      ['narrow', [0, 2]],
      ['wide', [1, 3]],
    ] as const) {
      await page.fill('[data-explore="class-name"]', name);
      await page.click('[data-explore="class-add"]');
      for (const index of photos) await page.locator(`.tile[data-index="${index}"] .picture`).click();
    }
    await page.click('[data-explore="sort"]');
    await page.locator('[data-explore="sorted"]').waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await screenshot(page, `explore-sort-${colorScheme}`);
    const table = await saved(page, () => page.locator('[data-explore="table"]').click());
    expect(table.bytes.toString()).toMatch(/^name,class,confidence\n/);
    expect(table.bytes.toString().match(/,(narrow|wide),/g)).toHaveLength(8);
    expect(table.bytes.toString()).toContain('photo-3.png,wide,1\n');

    await showPart(page, 'odd');
    await page.click('[data-explore="find-odd"]');
    await page.locator('[data-explore="odd-count"]').waitFor();
    expect(await violationsIn(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows what a variational model makes up, changes one picture by sliders, and saves it', async () => {
    const { page, complaints } = await app.open({ colorScheme, locale });
    await page.click('[data-view="explore"]');
    await showPart(page, 'generate');
    const grid = page.locator('[data-explore="generated"]').first();
    await grid.waitFor();
    const first = await saved(page, () => grid.locator('button').click());
    expect(first.name).toBe('samples-0.png');
    expect((await readPhoto({ bytes: first.bytes, name: first.name })).pixels).toMatchObject({ width: 15 * 12 });
    await page.click('[data-explore="others"]');
    await vi.waitUntil(async () => (await page.locator('[data-explore="seed"]').inputValue()) === '1');
    const one = page.locator('[data-explore="generated"]').nth(1);
    const before = await saved(page, () => one.locator('button').click());
    await page.locator('.sliders input[type="range"]').first().fill('3');
    await vi.waitUntil(async () => {
      const { bytes } = await saved(page, () => one.locator('button').click());
      return !bytes.equals(before.bytes);
    });
    expect(await violationsIn(page)).toEqual([]);
    await screenshot(page, `explore-generate-${colorScheme}`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

async function showPart(page: Page, part: string): Promise<void> {
  await page.locator(`input[type="radio"][value="${part}"]`).check({ force: true });
}

async function violationsIn(page: Page): Promise<[string, string[]][]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()');
  return results.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}
