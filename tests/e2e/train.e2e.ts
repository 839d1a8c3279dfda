import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePicture, toPngFile } from './pictures.ts';
import { drop, screenshot, startApp, type DroppedFile, type RunningApp } from './window.ts';

let app: RunningApp;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

/** Photos of slightly different sizes, so that no two are the same. */
async function photos(count: number, side: number): Promise<DroppedFile[]> {
  const files: DroppedFile[] = [];
  for (let index = 0; index < count; index += 1) {
    files.push({ name: `${index}.png`, bytes: await toPngFile(makePicture(side + 8 * (index % 7), side, 0)) });
  }
  return files;
}

async function fill(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(value);
  await field.blur();
}

/** The step that a training is at, as the window shows it. */
async function stepOf(page: Page): Promise<number> {
  const shown = await page.locator('[data-run] .figures dd').first().innerText();
  return Number(/^[\d,]+/.exec(shown)?.[0].replaceAll(',', '') ?? 0);
}

async function expectNoFaultOfAccess(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()');
  expect(results.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

const state = (page: Page, name: string) => page.locator(`[data-run="${name}"]`);

describe('training', () => {
  it('is started, watched, paused, resumed and stopped, and its model is compared and used', async () => {
    const { page, complaints } = await app.open();
    await page.click('[data-view="train"]');
    await drop(page, await photos(12, 160));
    await page.locator('[data-verdict]').waitFor();
    await page.getByText('Advanced').click();
    await fill(page, 'Batch', '2');
    await fill(page, 'Piece of photo', '32');
    await fill(page, 'Steps between checks', '5');
    await fill(page, 'Name of the model', 'mine');
    await page.getByText(/^Takes .+ of memory$/).waitFor({ timeout: 60_000 });
    await screenshot(page, 'train-plan');
    await page.click('[data-train="start"]');

    await state(page, 'running').waitFor({ timeout: 60_000 });
    await page.locator('[data-run] .sample canvas').waitFor({ timeout: 60_000 });
    await page.getByText('PSNR (dB)').waitFor();
    await page.click('[data-train="pause"]');
    await state(page, 'paused').waitFor();
    const paused = await stepOf(page);
    expect(paused).toBeGreaterThan(0);
    await page.waitForTimeout(1500);
    expect(await stepOf(page)).toBe(paused);
    await expectNoFaultOfAccess(page);
    await page.click('[data-train="resume"]');
    await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(paused + 5);
    await screenshot(page, 'train-run');
    await page.click('[data-train="stop"]');
    await state(page, 'stopped').waitFor({ timeout: 60_000 });

    await page.click('[data-train="compare"]');
    await page.getByText(/held-out photos?\./).waitFor({ timeout: 120_000 });
    await screenshot(page, 'train-compared');
    await page.click('[data-train="use"]');
    await page.getByText('This model is in use now.').waitFor();
    expect(await page.locator('[data-run-id="mine"]').innerText()).toContain('stopped');

    await page.click('[data-view="models"]');
    await page.locator('main li:has-text("mine")').getByText('in use').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('trains the digit autoencoder on IDX files', async () => {
    const { page, complaints } = await app.open();
    await page.click('[data-view="train"]');
    await page.getByText('The classic digit autoencoder').click();
    const [count, side] = [240, 16];
    const head = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, side, 0, 0, 0, side];
    const pixels = Uint8Array.from({ length: count * side * side }, (_, index) => (index * 31) % 255);
    await drop(page, [{ name: 'train-images-idx3-ubyte', bytes: Buffer.concat([Buffer.from(head), pixels]) }]);
    await page.locator('[data-verdict="few"]').waitFor();
    expect(await page.locator('main dl').first().innerText()).toMatch(/200\s[^]*\s40\s/);
    await fill(page, 'Name of the model', 'digits-of-mine');
    await page.click('[data-train="start"]');
    await state(page, 'running').waitFor({ timeout: 60_000 });
    await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(20);
    await page.click('[data-train="stop"]');
    await state(page, 'stopped').waitFor({ timeout: 60_000 });
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('goes on from its last checkpoint after the whole app was started again', async () => {
    const { dataFolder } = app;
    await app.stop({ keepsData: true });
    app = await startApp(dataFolder);
    const { page } = await app.open();
    await page.click('[data-view="train"]');
    await page.locator('[data-run-id="mine"]').getByRole('button', { name: 'Continue' }).click();
    await state(page, 'running').waitFor({ timeout: 60_000 });
    await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(10);
    await page.click('[data-train="stop"]');
    await state(page, 'stopped').waitFor({ timeout: 60_000 });
    await page.context().close();
  });
});

describe('a sweep of the bottleneck', () => {
  it('trains a model for each size, plots them and recommends one', async () => {
    const { page, complaints } = await app.open();
    await page.click('[data-view="train"]');
    await page.getByText('The classic digit autoencoder').click();
    await drop(page, await photos(40, 28));
    await page.locator('[data-verdict]:not([data-verdict="too-few"])').waitFor();
    const minutes = page.locator('[data-field="minutes"]');
    await minutes.fill('0.05');
    await minutes.blur();
    await page.locator('[data-sweep] input').fill('2, 8');
    await page.locator('[data-sweep] form button').click();
    await page.getByText('Training 1 of 2').waitFor();
    await page.getByText(/^Recommended: (2|8)$/).waitFor({ timeout: 120_000 });
    expect(await page.locator('[data-sweep] canvas').count()).toBe(1);
    await expectNoFaultOfAccess(page);
    await screenshot(page, 'sweep');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
