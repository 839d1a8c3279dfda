import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ResultsFolder } from '../../electron/main/results-folder.ts';
import { StoredJson } from '../../electron/main/stored-json.ts';
import { answers, BrowserWindow, resetElectron } from '../doubles/electron.ts';

vi.mock('electron', () => import('../doubles/electron.ts'));

let folder: string;
let allowed: string[];
const window = () => new BrowserWindow({}) as unknown as Parameters<ResultsFolder['do']>[1];

beforeEach(() => {
  resetElectron();
  folder = mkdtempSync(path.join(tmpdir(), 'pellucid-results-'));
  allowed = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const createStore = (): StoredJson => new StoredJson(path.join(folder, 'results-folder.json'));
const open = (store = createStore()): ResultsFolder => new ResultsFolder(store, (chosen) => allowed.push(chosen));

test('there is none at first', async () => {
  expect(await open().do('get', window())).toBeNull();
  expect(allowed).toEqual([]);
});

test('a folder is kept from one start to the next until it is forgotten', async () => {
  const chosen = { path: folder, name: path.basename(folder) };
  answers.openDialog = { canceled: false, filePaths: [folder] };
  const store = createStore();
  expect(await open(store).do('choose', window())).toEqual(chosen);
  await store.settled();
  const again = createStore();
  const next = open(again);
  expect(await next.do('get', window())).toEqual(chosen);
  expect(allowed).toEqual([folder, folder]);
  expect(await next.do('forget', window())).toBeNull();
  await again.settled();
  expect(await open().do('get', window())).toBeNull();
});

test('who thinks better of it keeps the folder', async () => {
  answers.openDialog = { canceled: false, filePaths: [folder] };
  const results = open();
  await results.do('choose', window());
  answers.openDialog = { canceled: true, filePaths: [] };
  expect(await results.do('choose', window())).toMatchObject({ path: folder });
});

test('a folder that has gone is none, and is back when it is', async () => {
  const gone = path.join(folder, 'disk');
  mkdirSync(gone);
  answers.openDialog = { canceled: false, filePaths: [gone] };
  const results = open();
  await results.do('choose', window());
  rmSync(gone, { recursive: true });
  expect(await results.do('get', window())).toBeNull();
  mkdirSync(gone);
  expect(await results.do('get', window())).toMatchObject({ path: gone });
});

test.each(['relative', '', 7, null])('a file that holds %j allows nothing', async (kept) => {
  const store = createStore();
  store.write(kept);
  await store.settled();
  expect(await open().do('get', window())).toBeNull();
  expect(allowed).toEqual([]);
});
