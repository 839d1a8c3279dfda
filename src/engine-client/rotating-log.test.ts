import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RotatingLog, withoutPrivateData } from './rotating-log.ts';

let folder: string;

beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'pellucid-log-')), 'logs');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

test('keeps three files of a limited size, the newest text in the first', () => {
  const log = new RotatingLog(folder, 1000);
  for (let line = 0; line < 200; line++) log.write(`line ${String(line).padStart(3, '0')} ${'x'.repeat(90)}\n`);
  expect(readdirSync(folder).toSorted()).toEqual(['engine.1.log', 'engine.2.log', 'engine.log']);
  for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).size).toBeLessThan(1200);
  expect(readFileSync(path.join(folder, 'engine.log'), 'utf8')).toContain('line 199');
});

test('that it cannot be written stops nothing', () => {
  expect(() => new RotatingLog(path.join(fileURLToPath(import.meta.url), 'logs')).write('text')).not.toThrow();
});

test.each([
  ['crash: Error: /home/ada/My photos/a b.jpg could not be read', 'crash: Error: <path>'],
  ['restore.run: ENOENT: no such file, open C:\\Users\\Ada\\a.jpg', 'restore.run: ENOENT: no such file, open <path>'],
  ['Error: \\\\server\\share\\Ada', 'Error: <path>'],
  ['image.open: Error: holiday with ada.jpg is odd', 'image.open: Error: holiday with <file> is odd'],
  ["Error: The model 'my secret model' is gone", 'Error: The model <text> is gone'],
  [
    '    at async read (file:///home/ada/apps/Pellucid/dist/src/engine/main.js:12:3)',
    '    at read (dist/src/engine/main.js:12:3)',
  ],
  ['    at process.processTicksAndRejections (node:internal/process/task_queues:103:5)', undefined],
  ['    at /home/ada/secret/thing.js:1:1', '    at <elsewhere>'],
  ['2026-11-26T11:35:00.351Z runs.resume: TypeError: x is not a function', undefined],
])('says nothing about the person: %s', (line, kept = line) => {
  expect(withoutPrivateData(line)).toBe(kept);
});
