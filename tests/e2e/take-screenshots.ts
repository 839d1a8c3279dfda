import { copyFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { drawMaterial, scenes, trainFaces, type Material } from './guide/scenes.ts';
import { startApp } from './window.ts';

/**
 * Takes pictures of every view from the real app: `npm run screenshots`, about a quarter of an hour. All of them, light
 * and dark, in both languages and sizes, lie in `screenshots/views` beside this file to be looked at; the user guide
 * gets those that it shows. With `-- --only light-en-1280` only the windows whose name has that in it.
 */
const target = new URL('screenshots/views/', import.meta.url);
const guide = new URL('../../docs/guide/', import.meta.url);

const inGuide = new Map([
  ['empty-light-en-1280', 'first-minute'],
  ['compare-dark-en-1280', 'compare'],
  ['wipe-light-en-1280', 'wipe'],
  ['queue-light-en-1280', 'queue'],
  ['train-light-en-1280', 'train'],
  ['train-running-dark-en-1280', 'train-running'],
  ['sweep-light-en-1280', 'sweep'],
  ['explore-similar-light-en-1280', 'explore-similar'],
  ['explore-map-dark-en-1280', 'explore-map'],
  ['explore-sort-light-en-1280', 'explore-sort'],
  ['explore-generate-light-en-1280', 'explore-generate'],
  ['models-dark-zh-1280', 'models-zh'],
  ['settings-light-en-1280', 'settings'],
]);

const windows = [
  { width: 1280, height: 800 },
  { width: 2560, height: 1440 },
].flatMap((viewport) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    (['en', 'zh'] as const).map((language) => ({
      name: `${colorScheme}-${language}-${viewport.width}`,
      options: { viewport, colorScheme, locale: language === 'zh' ? 'zh-CN' : 'en-GB' },
    })),
  ),
);

/** A data folder with the model that the last scenes look with. */
async function prepare(material: Material): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-guide-'));
  const app = await startApp(folder);
  const { page } = await app.open();
  await untilReady(page);
  await trainFaces(page, material);
  await app.stop({ keepsData: true });
  return folder;
}

async function untilReady(page: Page): Promise<void> {
  await page.locator('.engine[data-state="ready"]').waitFor({ timeout: 60_000 });
}

async function takePictures(window: (typeof windows)[number], prepared: string, material: Material): Promise<void> {
  const folder = `${prepared}-${window.name}`;
  await cp(prepared, folder, { recursive: true });
  const app = await startApp(folder);
  try {
    const { page } = await app.open(window.options);
    await untilReady(page);
    for (const { name, show } of scenes) {
      await show(page, material);
      await page.waitForTimeout(800);
      const file = fileURLToPath(new URL(`${name}-${window.name}.jpg`, target));
      await page.screenshot({ path: file, type: 'jpeg', quality: 88, animations: 'disabled' });
      const shown = inGuide.get(`${name}-${window.name}`);
      if (shown !== undefined) await copyFile(file, new URL(`${shown}.jpg`, guide));
    }
  } finally {
    await app.stop();
  }
}

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
await mkdir(target, { recursive: true });
await mkdir(guide, { recursive: true });
const material = await drawMaterial();
const prepared = await prepare(material);
try {
  for (const window of windows.filter(({ name }) => name.includes(values.only))) {
    process.stdout.write(`${window.name}\n`);
    await takePictures(window, prepared, material);
  }
} finally {
  await rm(prepared, { recursive: true, force: true });
}
