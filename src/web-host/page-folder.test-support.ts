import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder with a small page, and beside it a secret file to which a link in the folder leads. */
export interface PageFolder {
  folder: string;
  remove(): void;
}

export function createPageFolder(): PageFolder {
  const outside = mkdtempSync(path.join(tmpdir(), 'pellucid-page-'));
  const folder = path.join(outside, 'renderer');
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(outside, 'secret.txt'), 'secret');
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>Pellucid</title>');
  writeFileSync(path.join(folder, 'assets', 'main.js'), 'export {};');
  symlinkSync(path.join(outside, 'secret.txt'), path.join(folder, 'link.txt'));
  return { folder, remove: () => rmSync(outside, { recursive: true }) };
}
