import type { Page } from 'playwright-core';
import { choose, drop, waitForDone, type DroppedFile } from '../window.ts';
import { drawnDigits } from './drawn-digits.ts';
import { drawLandscapes, landscapeFile } from './landscapes.ts';

/** What the scenes show: photos and digits that are drawn, so that every picture can be made anew from the sources. */
export interface Material {
  landscapes: DroppedFile[];
  noisy: DroppedFile[];
  /** Some of the landscapes and smaller files of the same. */
  withCopies: DroppedFile[];
  digits: DroppedFile[];
}

/** One picture of the guide. They follow one another in one window. */
interface Scene {
  name: string;
  show: (page: Page, material: Material) => Promise<void>;
}

const digitCount = 1200;
const slow = { timeout: 180_000 };

export async function drawMaterial(): Promise<Material> {
  const views = drawLandscapes(40);
  const some = views.slice(0, 18);
  const copies = [0, 3, 3, 7, 11].map((index, quality) => ({ view: some[index], quality: 40 + 10 * quality }));
  const copyFiles = copies.flatMap(({ view, quality }) =>
    view === undefined
      ? []
      : [landscapeFile({ ...view, name: `${view.name}-copy-${quality}` }, { format: 'jpeg', quality })],
  );
  return {
    landscapes: await Promise.all(views.map((view) => landscapeFile(view, {}))),
    noisy: await Promise.all(some.slice(0, 7).map((view) => landscapeFile(view, { sigma255: 22, format: 'jpeg' }))),
    withCopies: await Promise.all([...some.map((view) => landscapeFile(view, { format: 'jpeg' })), ...copyFiles]),
    digits: drawnDigits(digitCount),
  };
}

/** Trains what a later scene needs: a variational model of the digits. */
export async function trainFaces(page: Page, { digits }: Material): Promise<void> {
  await planTraining(page, { goal: 'faces', files: digits, minutes: '1.5', options: {} });
  await page.locator('[data-field="name"]').fill('drawn-digits');
  await page.locator('[data-field="name"]').blur();
  await startTraining(page);
  await page.locator('[data-run="finished"]').waitFor(slow);
}

export const scenes: readonly Scene[] = [
  { name: 'empty', show: () => Promise.resolve() },
  { name: 'compare', show: openSample },
  { name: 'wipe', show: (page) => press(page, 'w') },
  { name: 'zoomed', show: (page) => press(page, 'w', 'z') },
  { name: 'queue', show: fillQueue },
  { name: 'train', show: planDenoiser },
  { name: 'train-running', show: watchTraining },
  { name: 'train-compared', show: compareTrained },
  { name: 'models', show: showModels },
  { name: 'sweep', show: sweep },
  { name: 'explore-similar', show: findCopies },
  { name: 'explore-map', show: mapDigits },
  { name: 'explore-sort', show: sortDigits },
  { name: 'explore-odd', show: findOdd },
  { name: 'explore-generate', show: generate },
  { name: 'settings', show: (page) => page.click('[data-view="settings"]') },
];

async function openSample(page: Page): Promise<void> {
  await page.locator('.actions button').nth(1).click();
  await waitForDone(page, 1);
  // What other formats take is measured after the photo is done.
  await page
    .locator('[data-rivals]')
    .waitFor({ timeout: 15_000 })
    .catch(() => undefined);
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Some photos are done, one cannot be read, the queue is held. */
async function fillQueue(page: Page, { noisy }: Material): Promise<void> {
  await page.click('[data-view="queue"]');
  const broken = { name: 'holiday.jpg', bytes: Buffer.from('no picture'), mediaType: 'image/jpeg' };
  await drop(page, [...noisy.slice(0, 2), broken, ...noisy.slice(2)]);
  await page.locator('[data-item-state="done"] >> nth=1').waitFor(slow);
  await page.click('[data-batch="pause"]');
  await page.locator('[data-paused="true"]').waitFor();
}

async function planDenoiser(page: Page, { landscapes }: Material): Promise<void> {
  const options = { patch: '64', batch: '4' };
  await planTraining(page, { goal: 'restore', files: landscapes, minutes: '5', options });
  await page.locator('.estimate .headline').waitFor(slow);
  await page.locator('main details > summary').click();
  await page.evaluate('document.querySelector("main").scrollTo(0, 0)');
  await page.mouse.move(0, 0);
}

async function watchTraining(page: Page): Promise<void> {
  await page.locator('main details > summary').click();
  await fill(page, 'input[id$="-validateEvery"]', '10');
  await startTraining(page);
  await page.locator('[data-run="running"] .sample canvas').waitFor(slow);
  await page.waitForTimeout(20_000);
}

async function compareTrained(page: Page): Promise<void> {
  await page.click('[data-train="stop"]');
  await page.locator('[data-run="stopped"]').waitFor(slow);
  await page.click('[data-train="compare"]');
  await page.locator('[data-train="use"]').waitFor(slow);
  await page.locator('[data-train="use"]').scrollIntoViewIfNeeded();
}

async function showModels(page: Page): Promise<void> {
  await page.click('[data-train="leave"]');
  await page.click('[data-view="models"]');
  const own = page.locator('main li', { has: page.locator('code', { hasText: 'restore-1' }) });
  await own.locator('button').first().click();
  await page.locator('[data-model-record] canvas').first().waitFor(slow);
  await own.evaluate((item) => item.scrollIntoView());
}

async function sweep(page: Page, { digits }: Material): Promise<void> {
  await page.click('[data-view="train"]');
  // The landscapes of the last plan are left out first.
  await page.locator('main ul li button').first().click();
  await planTraining(page, { goal: 'digits', files: digits, minutes: '0.1', options: {} });
  await page.locator('[data-sweep] input').fill('2, 4, 8, 16, 32');
  await page.locator('[data-sweep] form button').click();
  await page.locator('[data-sweep] .recommendation').waitFor(slow);
  await page.locator('[data-sweep] .recommendation').scrollIntoViewIfNeeded();
}

async function findCopies(page: Page, { withCopies }: Material): Promise<void> {
  await page.click('[data-view="explore"]');
  await explore(page, withCopies);
  await page.click('[data-explore="find"]');
  await page.locator('[data-explore="group"] .picture').first().click();
  await page.locator('[data-explore="neighbours"] .tile').first().waitFor(slow);
}

async function mapDigits(page: Page, { digits }: Material): Promise<void> {
  // "Start over" is the last button of the bar.
  await page.locator('main section').first().locator('button.bare').last().click();
  await page.locator('.model select').selectOption('drawn-digits');
  await explore(page, digits);
  await showPart(page, 'map');
  await page.locator('[data-explore="map"]').waitFor(slow);
  await page.locator('input[type="radio"][value="umap"]').check({ force: true });
  await page.locator('main progress').waitFor();
  await page.locator('main progress').waitFor({ state: 'detached', timeout: 180_000 });
  await page.locator('[data-explore="selection"]').scrollIntoViewIfNeeded();
}

async function sortDigits(page: Page): Promise<void> {
  await showPart(page, 'sort');
  // The digits come in turn: 0, 1, 2 and so on.
  for (let digit = 0; digit < 10; digit += 1) {
    await page.fill('[data-explore="class-name"]', String(digit));
    await page.click('[data-explore="class-add"]');
    for (let round = 0; round < 5; round += 1)
      await page.locator(`.tile[data-index="${10 * round + digit}"] .picture`).click();
  }
  await page.click('[data-explore="sort"]');
  await page.locator('[data-explore="sorted"]').waitFor(slow);
  await page.evaluate('document.querySelector("main").scrollTo(0, 0)');
}

async function findOdd(page: Page): Promise<void> {
  await showPart(page, 'odd');
  await page.click('[data-explore="find-odd"]');
  await page.locator('[data-explore="odd-count"]').waitFor(slow);
}

async function generate(page: Page): Promise<void> {
  await showPart(page, 'generate');
  await page.locator('[data-explore="generated"]').first().waitFor(slow);
}

async function explore(page: Page, files: DroppedFile[]): Promise<void> {
  await choose(page, () => page.click('[data-explore="files"]'), files);
  await page.locator('[data-explore="summary"]').waitFor(slow);
}

async function showPart(page: Page, part: string): Promise<void> {
  await page.locator(`input[type="radio"][value="${part}"]`).check({ force: true });
}

interface PlanFields {
  goal: string;
  files: DroppedFile[];
  minutes: string;
  /** Of the advanced ones, by name. */
  options: Record<string, string>;
}

async function planTraining(page: Page, { goal, files, minutes, options }: PlanFields): Promise<void> {
  await page.click('[data-view="train"]');
  await page.locator(`input[type="radio"][value="${goal}"]`).check();
  await drop(page, files);
  await page.locator('[data-verdict]:not([data-verdict="too-few"])').waitFor(slow);
  await fill(page, '[data-field="minutes"]', minutes);
  if (Object.keys(options).length > 0) await page.locator('main details > summary').click();
  for (const [name, value] of Object.entries(options)) await fill(page, `input[id$="-${name}"]`, value);
}

async function startTraining(page: Page): Promise<void> {
  await page.click('[data-train="start"]');
  await page.locator('[data-run]').waitFor(slow);
}

async function fill(page: Page, selector: string, value: string): Promise<void> {
  await page.locator(selector).fill(value);
  await page.locator(selector).blur();
}
