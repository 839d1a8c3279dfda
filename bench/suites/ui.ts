import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { startBrowserApp } from '../../tests/e2e/browser-app.ts';
import { dropFromDisk } from '../../tests/e2e/window.ts';
import { longestTasks, type LongestTasks } from '../harness/longest-tasks.ts';
import { sampleFile } from '../harness/pictures.ts';
import type { SuiteContext, SuiteResult } from '../harness/report.ts';
import { spreadOf } from '../harness/statistics.ts';

const limits = { taskMs: 50, framesPerSecond: 20, pageMb: 300 };
const panMs = 4000;
const memoryIntervalMs = 250;

interface Round extends LongestTasks {
  restoreSeconds: number;
  framesPerSecond: number;
  pageMb: number;
}

/** How smooth the window stays with a photo of 24 megapixels: in a browser that draws without a graphics card. */
export async function uiSuite({ short, workFolder, say }: SuiteContext): Promise<SuiteResult> {
  const photo = await sampleFile(workFolder, 6000, 4000, 'jpeg');
  const rounds: Round[] = [];
  for (let round = 0; round < (short ? 1 : 3); round += 1) {
    rounds.push(await measureOnce(photo));
    say(`  ${JSON.stringify(rounds.at(-1))}`);
  }
  const samples = (name: keyof Round) => rounds.map((round) => round[name]);
  const measure = (id: string, name: keyof Round, unit: string, better: 'lower' | 'higher') => ({
    ...{ id, unit, better },
    ...spreadOf(samples(name)),
  });
  const ratio = (id: string, name: keyof Round, limit: number, better: 'lower' | 'higher') => ({
    ...{ id, better, goal: 1 },
    ...spreadOf(samples(name).map((value) => value / limit)),
  });
  return {
    suite: 'ui',
    measures: [
      measure('longest task of the UI thread while 24 MP are restored', 'wallMs', 'ms', 'lower'),
      measure('the longest by time on the processor', 'processorMs', 'ms', 'lower'),
      measure('restoring 24 MP, from the drop to the picture', 'restoreSeconds', 's', 'lower'),
      measure('panning 24 MP at 100 %, side by side', 'framesPerSecond', 'frames/s', 'higher'),
      measure('most memory of the page', 'pageMb', 'MB', 'lower'),
    ],
    ratios: [
      ratio(`longest task / ${limits.taskMs} ms`, 'wallMs', limits.taskMs, 'lower'),
      ratio(`longest task by time on the processor / ${limits.taskMs} ms`, 'processorMs', limits.taskMs, 'lower'),
      ratio(`panning / ${limits.framesPerSecond} frames/s`, 'framesPerSecond', limits.framesPerSecond, 'higher'),
      ratio(`memory of the page / ${limits.pageMb} MB`, 'pageMb', limits.pageMb, 'lower'),
    ],
    notes: [
      'Tasks are those of the browser’s own trace, from the drop until the restored picture is drawn. A task also waits while other programs have the core, so that on a busy machine its time on the processor says more.',
      'Memory is what Linux counts as private to the process of the page, its bitmaps included, at its largest.',
    ],
  };
}

async function measureOnce(photo: string): Promise<Round> {
  const app = await startBrowserApp();
  try {
    const { page } = await app.open();
    await page.locator('.engine[data-state="ready"]').waitFor({ timeout: 60_000 });
    const browser = page.context().browser();
    if (browser === null) throw new Error('The page belongs to no browser.');
    const memory = await watchMemory(page);
    await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
    const started = performance.now();
    await dropFromDisk(page, photo);
    await page.locator('li[data-state="done"]').waitFor({ timeout: 600_000 });
    const restoreSeconds = (performance.now() - started) / 1000;
    await page.waitForTimeout(2000);
    const tasks = longestTasks(JSON.parse((await browser.stopTracing()).toString()) as object);
    const framesPerSecond = await pan(page);
    return { ...tasks, restoreSeconds, framesPerSecond, pageMb: memory.stop() };
  } finally {
    await app.stop();
  }
}

/** Drags the photo about at 100 % as fast as the mouse reports, and counts the frames that the page makes. */
async function pan(page: Page): Promise<number> {
  await page.keyboard.press('z');
  await page.waitForTimeout(1500);
  const box = await page.locator('[data-pane="source"] canvas').boundingBox();
  if (box === null) throw new Error('The window shows no photo.');
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.evaluate(() => {
    const counted = { frames: 0, started: performance.now() };
    Object.assign(globalThis, { counted });
    const next = () => {
      counted.frames += 1;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  const end = performance.now() + panMs;
  for (let step = 0; performance.now() < end; step += 1) {
    const angle = step / 12;
    await page.mouse.move(middle.x + 120 * Math.sin(angle), middle.y + 90 * Math.sin(1.7 * angle));
  }
  const framesPerSecond = await page.evaluate(() => {
    const { counted } = globalThis as unknown as { counted: { frames: number; started: number } };
    return (1000 * counted.frames) / (performance.now() - counted.started);
  });
  await page.mouse.up();
  return framesPerSecond;
}

/** Looks at the memory of the page's process until it is told to stop; gives the most, in MB. */
async function watchMemory(page: Page): Promise<{ stop: () => number }> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  const processes = (await session?.send('SystemInfo.getProcessInfo'))?.processInfo ?? [];
  const renderers = processes.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, ...renderers.map(privateMb));
  }, memoryIntervalMs);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}

/** What a process has of its own, in MB; 0 once it has ended. Read from Linux's table. */
function privateMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = [...status.matchAll(/^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$/gm)].map(([, value]) => Number(value));
    return (kib.reduce((sum, value) => sum + value, 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}
