import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { complaintsOf, giveHands, type Hands, type RunningApp } from './running-app.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const applications = new WeakMap<Page, ElectronApplication>();

/** The app in Electron: a process of its own for each window, as the app has one window. */
export async function startElectronApp(given?: string): Promise<RunningApp> {
  const dataFolder = given ?? (await mkdtemp(path.join(os.tmpdir(), 'pellucid-e2e-')));
  const files = await mkdtemp(path.join(os.tmpdir(), 'pellucid-e2e-files-'));
  let running: ElectronApplication | undefined;
  // It may have ended by itself.
  const end = () => running?.close().catch(() => undefined);
  return {
    dataFolder,
    ownerPid: () => running?.process().pid ?? 0,
    async open({ colorScheme = 'light', locale = 'en-GB' } = {}) {
      await end();
      // The window's own settings; what the engine keeps stays.
      await rm(path.join(dataFolder, 'window'), { recursive: true, force: true });
      // Electron's binary is found as the app's package names it, and gets Chromium's sandbox as it has for people.
      const options = { args: [root], cwd: root, chromiumSandbox: true, colorScheme, locale };
      running = await _electron.launch({ ...options, env: electronEnvironment(dataFolder), timeout: 60_000 });
      const page = await running.firstWindow();
      applications.set(page, running);
      giveHands(page, electronHands(running, files));
      return { page, complaints: complaintsOf(page) };
    },
    async stop({ keepsData = false } = {}) {
      await end();
      await rm(files, { recursive: true, force: true });
      if (!keepsData) await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** The Electron that shows a page. */
export function electronOf(page: Page): ElectronApplication {
  const application = applications.get(page);
  if (application === undefined) throw new Error('This page is not shown by Electron.');
  return application;
}

/** The environment of an app that keeps everything in one folder. */
export function electronEnvironment(dataFolder: string): Record<string, string> {
  const env = Object.entries({ ...process.env, PELLUCID_DATA: dataFolder });
  return Object.fromEntries(env.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The dialogs of the system cannot be reached from outside: what a person would answer is put in their place. */
function electronHands(application: ElectronApplication, files: string): Hands {
  return {
    async save(action) {
      const target = await mkdtemp(path.join(files, 'saved-'));
      await application.evaluate(({ dialog }, folder) => {
        const answer = (_window: unknown, { defaultPath = '' }: { defaultPath?: string }) => {
          const name = defaultPath.split(/[\\/]/).at(-1);
          return Promise.resolve({ canceled: false, filePath: `${folder}/${name}` });
        };
        Object.assign(dialog, { showSaveDialog: answer });
      }, target);
      await action();
      const name = await firstFileIn(target);
      return { name, bytes: await readFile(path.join(target, name)) };
    },
    async choose(action, chosen) {
      const source = await mkdtemp(path.join(files, 'chosen-'));
      const filePaths = chosen.map(({ name }) => path.join(source, name));
      for (const [index, { bytes }] of chosen.entries()) await writeFile(filePaths[index] ?? '', bytes);
      await application.evaluate(({ dialog }, paths) => {
        Object.assign(dialog, { showOpenDialog: () => Promise.resolve({ canceled: false, filePaths: paths }) });
      }, filePaths);
      await action();
    },
  };
}

/** A file has its name when it is whole, and a hidden one before. */
async function firstFileIn(folder: string): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const name = (await readdir(folder)).find((found) => !found.startsWith('.'));
    if (name !== undefined) return name;
    await delay(100);
  }
  throw new Error('Nothing was saved within half a minute.');
}
