import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetFailures, recallFailure, rememberFailure } from './remembered-failure.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-failure-'));
  vi.stubEnv('PELLUCID_CACHE', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const hourMs = 3_600_000;

describe('a remembered failure', () => {
  it('is recalled within the hour and under the same circumstances only', async () => {
    await rememberFailure('browser', 'linux', 'No browser.', 1000);
    expect(await recallFailure('browser', 'linux', 1000 + hourMs - 1)).toBe('No browser.');
    expect(await recallFailure('browser', 'linux', 1000 + hourMs)).toBeUndefined();
    expect(await recallFailure('browser', 'linux', 0)).toBeUndefined();
    expect(await recallFailure('browser', 'darwin', 2000)).toBeUndefined();
    expect(await recallFailure('electron', 'linux', 2000)).toBeUndefined();
  });

  it('is gone after it is forgotten', async () => {
    await rememberFailure('browser', 'linux', 'No browser.', 1000);
    await forgetFailures();
    expect(await recallFailure('browser', 'linux', 2000)).toBeUndefined();
  });
});
