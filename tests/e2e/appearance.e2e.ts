import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePicture, toPngFile } from './pictures.ts';
import { drop, screenshot, startApp, waitForDone, type RunningApp } from './window.ts';

let app: RunningApp;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What the accessibility check finds in the page, one line each. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<AxeResults>('axe.run()');
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}

describe.each([
  { colorScheme: 'light', locale: 'en-GB', word: 'Restored' },
  { colorScheme: 'dark', locale: 'zh-CN', word: '修复后' },
] as const)('the window in $colorScheme, $locale', ({ colorScheme, locale, word }) => {
  it('has no fault of access on any view', async () => {
    const { page, complaints } = await app.open({ colorScheme, locale });
    expect(await violationsOf(page)).toEqual([]);
    await drop(page, [
      { name: 'a.png', bytes: await toPngFile(makePicture(320, 208, 20)) },
      { name: 'b.png', bytes: Buffer.from('no picture') },
    ]);
    await waitForDone(page, 1);
    expect(await page.locator('[data-pane="restored"]').innerText()).toContain(word);
    await page.click('summary');
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('[data-pane="source"] .view').focus();
    await page.keyboard.press('w');
    expect(await violationsOf(page)).toEqual([]);
    await screenshot(page, `wipe-${colorScheme}`);
    await page.click('[data-view="models"]');
    await page.locator('main h2').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await screenshot(page, `models-${colorScheme}`);
    await page.locator('main li button').first().click();
    await page.locator('[data-model="verify"]').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    for (const view of ['train', 'explore', 'settings', 'queue']) {
      await page.click(`[data-view="${view}"]`);
      await page.locator('main h2').first().waitFor();
      // Everything that can be opened is looked at too.
      for (const closed of await page.locator('main details:not([open]) > summary').all()) await closed.click();
      expect(await violationsOf(page), view).toEqual([]);
      await screenshot(page, `${view}-${colorScheme}`);
    }
    await drop(page, [{ name: 'queued.png', bytes: await toPngFile(makePicture(200, 120, 20)) }]);
    await page.locator('[data-item-state="done"]').waitFor({ timeout: 60_000 });
    expect(await violationsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('choices', () => {
  it('switches the language live and keeps it', async () => {
    const { page } = await app.open();
    await page.selectOption('header select', 'zh');
    expect(await page.locator('h2').innerText()).toBe('把有噪点的照片拖到这里');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.reload();
    expect(await page.locator('h2').innerText()).toBe('把有噪点的照片拖到这里');
    await page.context().close();
  });

  it('keeps how many cores and how much memory the engine may take', async () => {
    const { page } = await app.open();
    const choices = () => page.locator('[data-settings="machine"] select').all();
    const showSettings = async (): Promise<void> => {
      await page.click('[data-view="settings"]');
      await page.locator('[data-settings="machine"] select').first().waitFor();
    };
    await showSettings();
    for (const choice of await choices()) {
      expect(await choice.inputValue()).toBe('all');
      await choice.selectOption({ index: 1 });
    }
    await page.reload();
    await showSettings();
    const kept = await Promise.all((await choices()).map((choice) => choice.inputValue()));
    expect(kept).toEqual(['1', String(2 ** 30)]);
    for (const choice of await choices()) await choice.selectOption('all');
    await page.context().close();
  });

  it('switches between light and dark, and follows the system by default', async () => {
    const { page } = await app.open({ colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    expect(light).not.toBe(dark);
    await page.check('header input[value="dark"]', { force: true });
    expect(await ground()).toBe(dark);
    await page.context().close();
  });
});
