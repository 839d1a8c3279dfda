import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saved, startApp, waitForDone, type RunningApp } from './window.ts';

let app: RunningApp;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

async function importPackage(page: Page, name: string, buffer: Buffer): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('[data-model="import"]')]);
  await chooser.setFiles({ name, mimeType: 'application/zip', buffer });
}

describe('models', () => {
  it('verifies and exports one, and says why a broken package is not taken in', async () => {
    const { page, complaints } = await app.open();
    await page.click('[data-view="models"]');
    await page.locator('main li button').first().click();
    await page.click('[data-model="verify"]');
    await page.locator('.verdict:has-text("Intact")').waitFor();
    const file = await saved(page, () => page.click('[data-model="export"]'));
    expect(file.name).toMatch(/^pellucid-[a-z]+-\d+\.zip$/);

    await importPackage(page, 'broken.zip', file.bytes.subarray(0, 5000));
    await page.locator('[role="alert"]:has-text("broken.zip")').waitFor();
    await importPackage(page, file.name, file.bytes);
    await page.locator('[role="alert"]:has-text("already")').waitFor();
    expect(await page.locator('main li').count()).toBe(3);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('the keyboard alone', () => {
  it('restores a photo and exports it', async () => {
    const { page } = await app.open();
    await pressOn(page, '.actions button:nth-of-type(2)');
    await waitForDone(page, 1);
    const file = await saved(page, () => pressOn(page, '[data-save="pel"]'));
    expect(file.bytes.byteLength).toBeGreaterThan(1000);
    await page.context().close();
  });
});

/** Goes through the window with the tab key until it is at an element, and presses Enter. */
async function pressOn(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) {
      await page.keyboard.press('Enter');
      return;
    }
  }
  throw new Error(`The tab key does not lead to ${selector}.`);
}
