import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkFiles, hashFiles, type FileHashes } from './engine-files.ts';

let folder: string;
let expected: FileHashes;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pellucid-files-'));
  mkdirSync(path.join(folder, 'lib'));
  writeFileSync(path.join(folder, 'lib', 'main.js'), 'abc');
  writeFileSync(path.join(folder, 'empty'), '');
  symlinkSync('main.js', path.join(folder, 'lib', 'link.js'));
  expected = await hashFiles(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('takes stock with SHA-256 as FIPS 180 has it', () => {
  expect(expected).toEqual({
    'lib/main.js': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    empty: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'lib/link.js': 'link:main.js',
  });
});

test('lets pass what is as it was, and what a file manager left', async () => {
  writeFileSync(path.join(folder, 'lib', '.DS_Store'), 'x');
  await expect(checkFiles(folder, expected)).resolves.toBeUndefined();
});

test.each<[string, string, () => void]>([
  ['lib/main.js', 'has been changed', () => appendFileSync(path.join(folder, 'lib', 'main.js'), 'd')],
  ['empty', 'is missing', () => unlinkSync(path.join(folder, 'empty'))],
  ['lib/extra.js', 'does not belong there', () => writeFileSync(path.join(folder, 'lib', 'extra.js'), '')],
  [
    'lib/link.js',
    'has been changed',
    () => {
      unlinkSync(path.join(folder, 'lib', 'link.js'));
      symlinkSync('../evil.js', path.join(folder, 'lib', 'link.js'));
    },
  ],
])('refuses a folder where %s %s', async (place, fault, change) => {
  change();
  const subject = path.join(folder, place);
  await expect(checkFiles(folder, expected)).rejects.toMatchObject({
    code: 'ENGINE_START_FAILED',
    message: `Pellucid does not start its engine, because ${subject} ${fault}. Install Pellucid again.`,
    subject,
  });
});

test('refuses a folder that is not there', async () => {
  await expect(checkFiles(path.join(folder, 'none'), expected)).rejects.toMatchObject({ code: 'ENGINE_START_FAILED' });
});
