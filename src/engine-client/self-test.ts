import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toPellucidError } from '../shared/errors.ts';
import type { RestoreSettings } from '../shared/params.ts';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import { enginePaths } from './engine-paths.ts';

/** One thing that was tried, and what came of it. */
interface SelfTestStep {
  name: 'engine' | 'restoration' | 'export' | 'training';
  passed: boolean;
  seconds: number;
  /** What was seen, or why it failed, in one sentence. */
  detail: string;
}

export interface SelfTestReport {
  passed: boolean;
  platform: string;
  steps: SelfTestStep[];
}

/** What the steps hand on to each other. */
interface Bench {
  engine: EngineClient;
  /** Noisy sample photo that is shipped with the app. */
  sample: Uint8Array<ArrayBuffer>;
  /** Empty folder that is deleted afterwards. */
  folder: string;
  signal: AbortSignal | undefined;
}

const settings: RestoreSettings = { mode: 'codec', sigma: 'auto', quality: 50, strength: 100 };

/**
 * Tries what the app is for, with the very engine that is installed: starts it, restores the sample photo, exports it
 * as `.pel` and as a picture and reads both back, and trains one step on them. Everything happens in a folder of its
 * own, which is deleted; the person's models and runs are not touched. Steps after a failed one are left out.
 * @returns the report; it never throws for what a step does
 */
export async function runSelfTest(signal?: AbortSignal): Promise<SelfTestReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pellucid-self-test-'));
  const engine = createEngineClient({ env: { PELLUCID_DATA: path.join(folder, 'data') } });
  const steps: SelfTestStep[] = [];
  try {
    const sample = new Uint8Array(
      await readFile(path.join(enginePaths().assetsPath, 'samples/mountain-lake-noisy.jpg')),
    );
    const bench: Bench = { engine, sample, folder, signal };
    for (const [name, run] of Object.entries(trials)) {
      const step = await tryStep(name as SelfTestStep['name'], () => run(bench));
      steps.push(step);
      if (!step.passed) break;
    }
  } finally {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return { passed: steps.every(({ passed }) => passed), platform: `${process.platform}-${process.arch}`, steps };
}

async function tryStep(name: SelfTestStep['name'], run: () => Promise<string>): Promise<SelfTestStep> {
  const started = performance.now();
  const outcome = await run().then(
    (detail) => ({ passed: true, detail }),
    (error: unknown) => ({ passed: false, detail: toPellucidError(error).message }),
  );
  return { name, ...outcome, seconds: Math.round((performance.now() - started) / 10) / 100 };
}

const trials: Readonly<Record<SelfTestStep['name'], (bench: Bench) => Promise<string>>> = {
  async engine({ engine, signal }) {
    const info = await engine.call('engine.info', {}, { signal });
    const models = await engine.call('models.list', {}, { signal });
    if (info.backend !== 'tensorflow') throw new Error('Native TensorFlow is not there.');
    if (models.length === 0) throw new Error('There is no model.');
    const versions = `Node ${info.nodeVersion}, TensorFlow ${info.tensorflowVersion}, sharp ${info.sharpVersion}`;
    return `Pellucid ${info.pellucidVersion}, ${versions}, ${models.length} models.`;
  },

  async restoration({ engine, sample, signal }) {
    const { imageId, width, height } = await openSample(engine, sample);
    const { encoded } = await engine.call('restore.run', { imageId, settings }, { signal });
    await engine.call('image.close', { imageId });
    if (encoded === null || encoded.ratio <= 1) throw new Error('The encoded photo is not smaller than the photo.');
    return `${width} x ${height} pixels in ${encoded.sizeBytes} bytes, ${encoded.bpp.toFixed(2)} bpp.`;
  },

  async export({ engine, sample, folder, signal }) {
    const { imageId, width, height } = await openSample(engine, sample);
    await engine.call('restore.run', { imageId, settings }, { signal });
    const encoding = { format: 'jpeg', metadata: 'keep' } as const;
    const input = path.join(folder, 'restored.pel');
    const pel = await engine.call('restore.export', { imageId, what: 'pel', encoding }, { signal });
    await writeFile(input, pel.bytes, { flush: true });
    const picture = await engine.call('restore.export', { imageId, what: 'image', encoding }, { signal });
    await engine.call('image.close', { imageId });
    const outDir = path.join(folder, 'photos');
    const decode = { operation: 'decompress' as const, input, outDir, settings, encoding, overwrite: true };
    const decoded = await engine.call('file.process', decode, { signal });
    if (decoded.width !== width || decoded.height !== height)
      throw new Error('The .pel has another size than the photo.');
    const again = await engine.call(
      'image.open',
      { source: { bytes: Uint8Array.from(picture.bytes), name: 'restored.jpg' } },
      { signal },
    );
    if (again.width !== width || again.height !== height)
      throw new Error('The picture has another size than the photo.');
    return `.pel of ${pel.bytes.byteLength} bytes and picture of ${picture.bytes.byteLength} bytes, both read back.`;
  },

  async training({ engine, sample, folder, signal }) {
    const photos = path.join(folder, 'photos');
    await writeFile(path.join(photos, 'noisy.jpg'), sample);
    const small = { batch: 1, patch: 32, seed: 0, resume: false, budget: { steps: 1 } };
    const run = { preset: 'denoiser' as const, name: 'self-test', data: [photos], ...small };
    const { steps, best } = await engine.call('train.start', run, { signal });
    const metrics = Object.entries(best.metrics).map(([name, value]) => `${name} ${value.toFixed(2)}`);
    if (steps !== 1) throw new Error(`${steps} steps were done instead of 1.`);
    return `1 step; ${metrics.join(', ')}.`;
  },
};

function openSample(engine: EngineClient, bytes: Uint8Array<ArrayBuffer>) {
  return engine.call('image.open', { source: { bytes, name: 'mountain-lake-noisy.jpg' } });
}
