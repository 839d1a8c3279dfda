import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { startApp, waitForDone } from './window.ts';

/**
 * Takes pictures of every view from the real app: `npm run screenshots`. All of them, light and dark, in both languages
 * and sizes, lie in `screenshots/views` beside this file to be looked at; the user guide gets those that it shows.
 */
const target = new URL('screenshots/views/', import.meta.url);
const guide = new URL('../../docs/guide/', import.meta.url);

const inGuide = new Map([
  ['empty-light-en-1280', 'first-minute'],
  ['compare-dark-en-1280', 'compare'],
  ['wipe-light-en-1280', 'wipe'],
  ['models-dark-zh-1280', 'models-zh'],
]);

const views: readonly { name: string; show: (page: Page) => Promise<void> }[] = [
  { name: 'empty', show: () => Promise.resolve() },
  { name: 'compare', show: openSample },
  { name: 'wipe', show: (page) => press(page, 'w') },
  { name: 'zoomed', show: (page) => press(page, 'w', 'z') },
  { name: 'train', show: (page) => page.click('[data-view="train"]') },
  { name: 'models', show: showModels },
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

async function showModels(page: Page): Promise<void> {
  await page.click('[data-view="models"]');
  await page.locator('main li').first().waitFor();
}

await mkdir(target, { recursive: true });
await mkdir(guide, { recursive: true });
const app = await startApp();
try {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 2560, height: 1440 },
  ]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const language of ['en', 'zh']) {
        const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
        const { page } = await app.open({ viewport, colorScheme, locale });
        await page.locator('.engine[data-state="ready"]').waitFor({ timeout: 60_000 });
        for (const { name, show } of views) {
          await show(page);
          await page.waitForTimeout(800);
          const full = `${name}-${colorScheme}-${language}-${viewport.width}`;
          const path = fileURLToPath(new URL(`${full}.jpg`, target));
          await page.screenshot({ path, type: 'jpeg', quality: 88, animations: 'disabled' });
          const shown = inGuide.get(full);
          if (shown !== undefined) await copyFile(path, new URL(`${shown}.jpg`, guide));
        }
        await page.context().close();
      }
    }
  }
} finally {
  await app.stop();
}
