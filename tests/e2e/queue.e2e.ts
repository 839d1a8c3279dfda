import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { readPhoto } from '../../src/image/read-photo.ts';
import { makePicture, toPngFile } from './pictures.ts';
import { drop, engineOf, saved, screenshot, startApp, type DroppedFile, type RunningApp } from './window.ts';

let app: RunningApp;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

async function pictures(...names: string[]): Promise<DroppedFile[]> {
  const files: DroppedFile[] = [];
  for (const [index, name] of names.entries()) {
    files.push({ name, bytes: await toPngFile(makePicture(320 + 16 * index, 208, 20)) });
  }
  return files;
}

const rows = (page: Page, state: string) => page.locator(`[data-item-state="${state}"]`);

describe('the queue', () => {
  it('pauses, reorders, goes on, says which photo failed, and saves results', async () => {
    const { page, complaints } = await app.open();
    await page.click('[data-view="queue"]');
    await page.getByText('Nothing is queued').waitFor();
    await drop(page, await pictures('first.png'));
    await rows(page, 'done').waitFor({ timeout: 120_000 });
    await page.locator('[data-item-state="done"] canvas').waitFor();

    // One that keeps the engine busy, so that the others still wait when the queue is paused.
    const large = { name: 'large.png', bytes: await toPngFile(makePicture(1600, 1200, 20)) };
    await drop(page, [
      large,
      ...(await pictures('b.png', 'c.png', 'd.png', 'e.png', 'f.png')),
      { name: 'text.png', bytes: Buffer.from('no') },
    ]);
    await page.click('[data-batch="pause"]');
    await page.locator('[data-paused="true"]').waitFor();
    // Some are being worked on already; those at the end wait.
    await page.getByLabel('Move f.png up').click();
    const names = async () => (await page.locator('main li strong').allInnerTexts()).slice(-3);
    await expect.poll(names).toEqual(['f.png', 'e.png', 'text.png']);
    await screenshot(page, 'queue-paused');
    await page.click('[data-batch="resume"]');
    await expect.poll(() => rows(page, 'done').count(), { timeout: 120_000 }).toBe(7);
    await rows(page, 'failed').waitFor();
    expect(await rows(page, 'failed').innerText()).toContain('text.png');
    expect(await page.locator('main .count').innerText()).toBe('7 of 8 done');
    await screenshot(page, 'queue-done');

    const file = await saved(page, () => page.getByLabel('Save the results of first.png').click());
    expect(file.name).toBe('first-clear.pel');
    await page.click('[data-batch="clear"]');
    await page.getByText('Nothing is queued').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is as it was after the whole app was started again, and after the engine was killed', async () => {
    const { page } = await app.open();
    await page.click('[data-view="queue"]');
    const large = { name: 'large.png', bytes: await toPngFile(makePicture(2000, 1500, 20)) };
    await drop(page, [large, ...(await pictures('b.png', 'c.png'))]);
    await rows(page, 'running').first().waitFor({ timeout: 60_000 });
    await page.click('[data-batch="pause"]');
    await page.locator('[data-paused="true"]').waitFor();
    const { dataFolder } = app;
    await app.stop({ keepsData: true });

    app = await startApp(dataFolder);
    const again = await app.open();
    await again.page.click('[data-view="queue"]');
    await rows(again.page, 'waiting').nth(2).waitFor({ timeout: 60_000 });
    await again.page.locator('[data-paused="true"]').waitFor();
    await again.page.click('[data-batch="resume"]');
    await rows(again.page, 'running').first().waitFor({ timeout: 60_000 });
    process.kill(engineOf(app), 'SIGKILL');
    await expect.poll(() => rows(again.page, 'done').count(), { timeout: 120_000 }).toBe(3);
    await again.page.context().close();
  });
});

describe('export', () => {
  it('writes format, depth and name as chosen, and opens a .pel again', async () => {
    const { page } = await app.open();
    await drop(page, await pictures('rings.png'));
    await page.locator('li[data-state="done"]').waitFor({ timeout: 60_000 });
    const pel = await saved(page, () => page.click('[data-save="pel"]'));
    await page.click('[aria-label="Save"] summary');
    await page.selectOption('[aria-label="Save"] select >> nth=1', 'tiff');
    await page.selectOption('[aria-label="Save"] select >> nth=2', '16');
    await page.fill('[aria-label="Save"] input[type="text"]', '{name}-{model}-{counter}');
    await expect.poll(() => page.locator('[data-example]').innerText()).toMatch(/rings-\S+-1\.pel, rings-\S+-1\.tif/);
    const picture = await saved(page, () => page.click('[data-save="image"]'));
    expect(picture.name).toMatch(/^rings-.+-1\.tif$/);
    const tiff = await readPhoto({ bytes: new Uint8Array(picture.bytes), name: picture.name });
    expect(tiff.source).toMatchObject({ format: 'tiff', bitDepth: 16 });

    await drop(page, [{ name: pel.name, bytes: pel.bytes, mediaType: 'application/octet-stream' }]);
    await page.getByText('Compressed photo').waitFor();
    await page.locator('li[data-state="done"] >> nth=1').waitFor({ timeout: 60_000 });
    expect(await page.locator('[data-pane="source"]').count()).toBe(0);
    await screenshot(page, 'pel');
    const decoded = await saved(page, () => page.click('[data-save="image"]'));
    expect((await readPhoto({ bytes: new Uint8Array(decoded.bytes), name: 'd' })).pixels).toMatchObject({ width: 320 });
    await page.context().close();
  });
});
