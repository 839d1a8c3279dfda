import axe from 'axe-core';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodePhoto } from '../../src/image/encode-photo.ts';
import { makePicture, toPngFile } from './pictures.ts';
import { choose, saved, screenshot, startApp, type RunningApp } from './window.ts';

let app: RunningApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-e2e-'));
  vi.stubEnv('PELLUCID_DATA', folder);
  app = await startApp();
});

afterAll(async () => {
  await app.stop();
  vi.unstubAllEnvs();
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
    await page.evaluate(axe.source);
    const results = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()');
    expect(results.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await screenshot(page, `explore-${colorScheme}`);
    const list = await saved(page, () => page.locator('[data-explore="save"]').click());
    expect(list.name).toBe('copies.txt');
    expect(list.bytes.toString()).toMatch(/^(.*[\\/])?(clean\.png|copy\.jpg)\n$/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
