import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkPackagedEngine } from '../../electron/main/check-packaged-engine.ts';
import { answers, resetElectron } from '../doubles/electron.ts';

vi.mock('electron', () => import('../doubles/electron.ts'));

let folder: string;
let list: string;

beforeEach(() => {
  resetElectron();
  folder = mkdtempSync(path.join(tmpdir(), 'pellucid-resources-'));
  list = path.join(folder, 'engine-files.json');
  mkdirSync(path.join(folder, 'engine'));
  writeFileSync(path.join(folder, 'engine', 'main.js'), 'abc');
  const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  writeFileSync(list, JSON.stringify({ 'main.js': hash }));
  Object.defineProperty(process, 'resourcesPath', { value: folder, configurable: true });
});
afterEach(() => {
  Reflect.deleteProperty(process, 'resourcesPath');
  rmSync(folder, { recursive: true });
});

test('a packaged app lets an engine start that is as it was packed', async () => {
  await expect(checkPackagedEngine(list)).resolves.toBeUndefined();
});

test('a packaged app refuses an engine with a changed file', async () => {
  writeFileSync(path.join(folder, 'engine', 'main.js'), 'evil');
  await expect(checkPackagedEngine(list)).rejects.toMatchObject({
    code: 'ENGINE_START_FAILED',
    subject: path.join(folder, 'engine', 'main.js'),
  });
});

test('a checkout has nothing to compare with', async () => {
  answers.isPackaged = false;
  await expect(checkPackagedEngine('/missing.json')).resolves.toBeUndefined();
});
