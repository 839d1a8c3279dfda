import { describe, expect, it } from 'vitest';
import type { TrainingOptions } from '../../../shared/train-options.ts';
import { createRandom } from '../../../shared/random.ts';
import { smoothPicture } from '../../synthetic-pictures.test-support.ts';
import { stored, tinyAutoencoder, tinyDenoiser } from '../../tiny-models.test-support.ts';
import type { PatchSource, ValidationPhoto } from '../patch-source.ts';
import { TrainingSession, weightsOf } from '../training-session.ts';
import type { PresetOptions, PresetRun } from './preset.ts';
import { createPresetRun } from './registry.ts';
import type { PresetName } from './registry.ts';

/** Patches of smooth pictures, with noise that is part of them. */
function patches(sigma255: number): PatchSource {
  return {
    nextBatch: async (index, batch, patch) => {
      await Promise.resolve();
      return smoothPicture({ width: patch, height: patch * batch }, sigma255, index).data as Uint8Array;
    },
    noiseOf: (_, batch) => Promise.resolve(new Float32Array(batch).fill(sigma255 / 255)),
  };
}

const side = 12;
/** Blots of light at one of nine places, 8 x 12 colour. */
function blots(seed: number, count: number): Uint8Array {
  const random = createRandom(seed, 0);
  const bytes = new Uint8Array(count * 8 * side * 3);
  for (let n = 0; n < count; n++) {
    const [x, y] = [2 + 4 * random.integer(3), 1 + 3 * random.integer(3)];
    for (let i = 0; i < 8 * side; i++) {
      const distance = ((i % side) - x) ** 2 + (Math.floor(i / side) - y) ** 2;
      bytes.fill(240 * Math.exp(-distance / 4), (n * 8 * side + i) * 3, (n * 8 * side + i + 1) * 3);
    }
  }
  return bytes;
}

const pictures: PatchSource = { nextBatch: (index, batch) => Promise.resolve(blots(index, batch)) };
const held: ValidationPhoto[] = Array.from({ length: 20 }, (_, n) => ({
  name: String(n),
  pixels: { width: side, height: 8, channels: 3, data: blots(1000 + n, 1) },
}));

function presetOptions(options: TrainingOptions, changes: Partial<PresetOptions> = {}): PresetOptions {
  return {
    ...{ seed: 1, batch: 16, options, source: pictures, validation: held },
    photoCounts: { training: 200, validation: held.length },
    ...changes,
  };
}

/** Trains some steps and gives the validation before and after, and the model where a name for it is given. */
async function trained(run: PresetRun, source: PatchSource, steps: number, id?: string) {
  const session = await TrainingSession.create(run.program, 'float32');
  try {
    const weights = () => weightsOf(run.program, session.readState());
    const before = await run.validate(weights());
    const { batch, patch, learningRate } = run.program;
    for (let step = 0; step < steps; step++) {
      const measured = await run.program.measuredInputs?.(step);
      session.step(step, await source.nextBatch(step, batch, patch), [1, 4 * step], learningRate, measured);
    }
    const after = await run.validate(weights());
    const about = { id: id ?? '', training: {}, metrics: after.metrics, isFinal: true };
    return {
      before,
      after,
      weights: weights(),
      model: id === undefined ? undefined : await run.toModel(weights(), about),
    };
  } finally {
    session.dispose();
    run.dispose?.();
  }
}

describe.each(['dense', 'variational'] as const)('the preset %s', (preset) => {
  it('learns to give pictures back, and makes a model that the store takes', async () => {
    const adam = { optimiser: 'adam', averageDecay: 0, clipNorm: 0, bottleneck: 8 } as const;
    const options = presetOptions(
      preset === 'dense' ? adam : { ...adam, widths: [8, 16], klWeight: 0.1, klWarmUpSteps: 10 },
      {
        learningRate: 5e-3,
      },
    );
    const run = await createPresetRun(preset, options);
    const { before, after, model } = await trained(run, pictures, 250, 'mine');
    expect(after.metrics['psnr']).toBeGreaterThan(Number(before.metrics['psnr']) + 5);
    expect(after.metrics['loss']).toBeLessThan(Number(before.metrics['loss']));
    // The eight first pictures above what they became, with gaps of four pixels.
    expect(after.sample).toMatchObject({ width: 8 * side + 7 * 4, height: 16, channels: 3 });
    expect(after.trainMetrics?.['loss']).toBeCloseTo(Number(after.metrics['loss']), 1);
    if (model === undefined) throw new Error('There is no model.');
    const { manifest, weights: kept } = await stored(model);
    expect(manifest.architecture).toMatchObject({ kind: preset, width: side, height: 8, channels: 3, codeLength: 8 });
    // Where the codes of the pictures lie is known of what can generate.
    expect(kept.get('prior/means')?.length ?? 0).toBe(preset === 'variational' ? 20 * 8 : 0);
  });
});

describe('regularisation', () => {
  it('of activations makes the code sparse', async () => {
    const loss = { loss: 'mse', optimiser: 'adam' } as const;
    const losses: number[] = [];
    for (const sparsity of [0, 1]) {
      const run = await createPresetRun('dense', presetOptions({ ...loss, sparsity }, { learningRate: 3e-3 }));
      const session = await TrainingSession.create(run.program, 'float32');
      let difference = 0;
      for (let step = 0; step < 60; step++) {
        const report = session.step(step, blots(step, 16), [1, step], 3e-3);
        difference = (report['loss'] ?? 0) - (report['error'] ?? 0);
        if (step === 0 && sparsity > 0) losses.push(difference);
      }
      losses.push(difference);
      session.dispose();
      run.dispose?.();
    }
    const [without = -1, first = 0, last = 0] = losses;
    expect(without).toBeCloseTo(0, 6);
    expect(last).toBeLessThan(first / 4);
  });
});

describe('the preset denoiser', () => {
  it('learns from noisy photos alone what the noise is', async () => {
    const source = patches(25);
    const small = { widths: [8, 12] };
    const validation = [{ name: 'noisy', pixels: smoothPicture({ width: 128, height: 128 }, 25, 77) }];
    const options = presetOptions(
      { ...small, supervision: 'noisyOnly', averageDecay: 0 },
      { source, validation, batch: 8, patch: 32, learningRate: 5e-3 },
    );
    const run = await createPresetRun('denoiser', options);
    expect(run.settings['supervision']).toMatchObject({ kind: 'noisyOnly' });
    const { before, after, weights } = await trained(run, source, 250);
    expect(after.metrics['estimatedPsnr']).toBeGreaterThan(Number(before.metrics['estimatedPsnr']));
    // Judged by what was never shown: clean photos, of which the noisy ones are 20.2 dB away.
    const clean = [{ name: 'clean', pixels: smoothPicture({ width: 128, height: 128 }) }];
    const judge = await createPresetRun('denoiser', presetOptions(small, { source, validation: clean }));
    const judged = (await judge.validate(weights)).metrics['psnr'];
    expect(judged).toBeGreaterThan(23);
    // What was estimated without them comes close.
    expect(Math.abs(Number(judged) - Number(after.metrics['estimatedPsnr']))).toBeLessThan(1);
  });

  it('trains with every degradation and loss', async () => {
    const start = await stored(tinyDenoiser());
    const validation = [{ name: 'photo', pixels: smoothPicture({ width: 32, height: 32 }) }];
    for (const loss of ['mse', 'mae', 'charbonnier', 'msSsim'] as const) {
      const degradations: TrainingOptions['degradations'] = [
        'gaussian',
        'poissonGaussian',
        'saltAndPepper',
        'jpeg',
        'camera',
      ];
      const options = { loss, degradations, dropout: 0.1, l1: 1e-6, l2: 1e-6, optimiser: 'sgd' } as const;
      const run = await createPresetRun(
        'denoiser',
        presetOptions(options, { source: patches(0), validation, start, batch: 2, patch: 32 }),
      );
      const { after } = await trained(run, patches(0), 2);
      expect(after.metrics['psnr']).toBeGreaterThan(0);
    }
  });
});

describe('options', () => {
  const refused: [PresetName, TrainingOptions, string][] = [
    ['dense', { klWeight: 1 }, 'has no option klWeight'],
    ['codec', { dropout: 0.1 }, 'has no option dropout'],
    ['dense', { momentum: 0.5 }, 'momentum needs the optimiser sgd'],
    ['dense', { weightDecay: 0.1, optimiser: 'adam' }, 'weightDecay needs the optimiser adamw'],
    ['dense', { msSsimWeight: 0.5 }, 'msSsimWeight needs the loss msSsim'],
    ['dense', { loss: 'msSsim' }, 'at least 11 pixels'],
    ['variational', { widths: [4, 4, 4, 4] }, 'cannot be halved 4 times'],
    ['denoiser', { loss: 'binaryCrossEntropy' }, 'no sigmoid'],
    ['denoiser', { sigmaMin255: 30, sigmaMax255: 10 }, 'is above the highest'],
    ['denoiser', { jpegQualityMin: 50 }, 'jpegQualityMin needs a degradation'],
    ['denoiser', { supervision: 'noisyOnly', degradations: ['jpeg'] }, 'degradations needs clean photos'],
    ['denoiser', { supervision: 'noisyOnly', loss: 'mae' }, 'loss needs clean photos'],
  ];
  it.each(refused)('of %s that cannot be are refused: %j', async (preset, options, message) => {
    const source = preset === 'denoiser' ? patches(5) : pictures;
    await expect(createPresetRun(preset, presetOptions(options, { source, patch: 96 }))).rejects.toThrow(message);
  });

  it('refuse a start of another kind or size', async () => {
    const dense = await stored(tinyAutoencoder('dense'));
    await expect(createPresetRun('variational', presetOptions({}, { start: dense }))).rejects.toMatchObject({
      code: 'MODEL_KIND_MISMATCH',
    });
    const validation = [{ name: 'small', pixels: smoothPicture({ width: 8, height: 8 }) }];
    await expect(createPresetRun('dense', presetOptions({}, { start: dense, validation }))).rejects.toThrow('12 x 8');
    const run = await createPresetRun('dense', presetOptions({}, { start: dense }));
    expect(run.program.parameters[0]?.initial).toEqual(dense.weights.get('encoder/encode-1/kernel'));
    run.dispose?.();
  });
});
