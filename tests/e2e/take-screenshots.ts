import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startApp, waitForDone } from './window.ts';

/** Takes the pictures of the user guide from the real app: `npm run screenshots`. */
const target = new URL('../../docs/images/', import.meta.url);

interface Shot {
  name: string;
  options?: BrowserContextOptions;
  act?: (page: Page) => Promise<void>;
}

const chinese = { locale: 'zh-CN' };
const small = { viewport: { width: 900, height: 600 } };
const large = { viewport: { width: 2560, height: 1440 } };

async function openSample(page: Page): Promise<void> {
  await page.locator('.actions button').nth(1).click();
  await waitForDone(page, 1);
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  await openSample(page);
  for (const key of keys) await page.keyboard.press(key);
  await page.waitForTimeout(700);
}

async function showModels(page: Page): Promise<void> {
  await page.click('[data-view="models"]');
  await page.locator('main li').first().waitFor();
}

const shots: Shot[] = [
  { name: 'empty-light' },
  { name: 'empty-dark-zh', options: { colorScheme: 'dark', ...chinese } },
  { name: 'restored-light', act: openSample },
  { name: 'restored-dark', options: { colorScheme: 'dark' }, act: openSample },
  { name: 'restored-light-zh', options: chinese, act: openSample },
  { name: 'restored-dark-zh-small', options: { colorScheme: 'dark', ...chinese, ...small }, act: openSample },
  { name: 'restored-light-small', options: small, act: openSample },
  { name: 'restored-dark-large', options: { colorScheme: 'dark', ...large }, act: openSample },
  { name: 'wipe-dark', options: { colorScheme: 'dark' }, act: (page) => press(page, 'w') },
  { name: 'zoomed-light', act: (page) => press(page, 'z', '+', '+') },
  { name: 'models-light', act: showModels },
  { name: 'models-dark-zh', options: { colorScheme: 'dark', ...chinese }, act: showModels },
];

await mkdir(target, { recursive: true });
const app = await startApp();
try {
  for (const { name, options, act } of shots) {
    const { page } = await app.open({ colorScheme: 'light', ...options });
    await page.locator('.engine[data-state="ready"]').waitFor({ timeout: 60_000 });
    await act?.(page);
    await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, target)), animations: 'disabled' });
    await page.context().close();
  }
} finally {
  await app.stop();
}
