import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseComputeType, computeState, keepComputeChoiceIn } from './compute-choice.ts';

let folder: string;
const record = (): string => join(folder, 'data', 'compute.json');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
  vi.stubEnv('PELLUCID_COMPUTE', undefined);
  keepComputeChoiceIn(join(folder, 'data'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe('the number type', () => {
  it('is measured once and kept for the next start, for this machine alone', async () => {
    const measured = await computeState();
    expect(measured.bfloat16Ratio).toBeGreaterThan(0);
    expect(measured.computeType).toBe((measured.bfloat16Ratio as number) < 0.9 ? 'bfloat16' : 'float32');
    const kept = await readFile(record(), 'utf8');
    await writeFile(record(), kept.replace(/"bfloat16Ratio":[\d.e-]+/, '"bfloat16Ratio":123'));
    keepComputeChoiceIn(join(folder, 'data'));
    expect(await computeState()).toEqual({ computeType: 'float32', computeChoice: 'auto', bfloat16Ratio: 123 });
    await writeFile(
      record(),
      kept.replace(/"machine":"/, '"machine":"another ').replace(/Ratio":[\d.e-]+/, 'Ratio":123'),
    );
    keepComputeChoiceIn(join(folder, 'data'));
    expect((await computeState()).bfloat16Ratio).not.toBe(123);
  });

  it('can be chosen, which is kept, and left to the measurement again', async () => {
    await chooseComputeType('bfloat16');
    keepComputeChoiceIn(join(folder, 'data'));
    expect(await computeState()).toEqual({ computeType: 'bfloat16', computeChoice: 'bfloat16', bfloat16Ratio: null });
    await chooseComputeType('auto');
    expect((await computeState()).bfloat16Ratio).toBeGreaterThan(0);
  });

  it('is what the environment says before all else, and a mistake there is told', async () => {
    await chooseComputeType('bfloat16');
    vi.stubEnv('PELLUCID_COMPUTE', 'float32');
    expect(await computeState()).toMatchObject({ computeType: 'float32', computeChoice: 'float32' });
    keepComputeChoiceIn(join(folder, 'data'));
    vi.stubEnv('PELLUCID_COMPUTE', 'float64');
    await expect(computeState()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('is measured where the file is damaged', async () => {
    await computeState();
    await writeFile(record(), '{"choice":');
    keepComputeChoiceIn(join(folder, 'data'));
    expect((await computeState()).bfloat16Ratio).toBeGreaterThan(0);
  });
});
