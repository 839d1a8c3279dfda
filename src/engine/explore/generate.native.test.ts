import { expect, test } from 'vitest';
import { readPhoto } from '../../image/read-photo.ts';
import { createAutoencoder } from '../../ml/autoencoder/autoencoder.ts';
import { drawFrom } from '../../ml/generate/mixture.ts';

import { stored, tinyAutoencoder } from '../../ml/tiny-models.test-support.ts';
import type { GeneratedPictures } from '../../shared/explore.ts';
import type { Models } from '../operations/models.ts';
import { codeIn, directionsOf, generatorOf, movedPicture, picturesBetween, samplePictures } from './generate.ts';

const { signal } = new AbortController();
const model = createAutoencoder(await stored(tinyAutoencoder('variational')));

/** RGB of one picture of those in rows. */
async function pictureAt({ bytes, columns, width, height }: GeneratedPictures, index: number): Promise<number[]> {
  const { pixels } = await readPhoto({ bytes, name: 'generated' });
  const [left, top] = [(index % columns) * width, Math.floor(index / columns) * height];
  return Array.from({ length: height }, (_, y) => {
    const start = 3 * ((top + y) * pixels.width + left);
    return [...pixels.data.subarray(start, start + 3 * width)];
  }).flat();
}

async function decoded(code: Float32Array): Promise<number[]> {
  return Array.from(await model.decode(code, signal), (value) => Math.round(255 * value));
}

test('samples are the decoded codes that the seed draws, in rows', async () => {
  const made = await samplePictures(model, { count: 7, seed: 3, spread: 1 }, signal);
  expect(made).toMatchObject({ count: 7, columns: 4, width: 12, height: 8, mediaType: 'image/png' });
  const codes = drawFrom(model.prior, 7, 3, 1);
  expect(await pictureAt(made, 5)).toEqual(await decoded(codes.slice(20, 24)));
  const more = await samplePictures(model, { count: 30, seed: 3, spread: 1 }, signal);
  expect(await pictureAt(more, 6)).toEqual(await pictureAt(made, 6));
});

test('the way between two pictures begins and ends with them', async () => {
  const codes = Float32Array.from([1, 0, 0, 0, 0, 2, -1, 0]);
  const library = { codes, codeLength: 4, modelId: model.modelId };
  const made = await picturesBetween(model, library, { from: 0, to: 1, steps: 5 }, signal);
  expect(await pictureAt(made, 0)).toEqual(await decoded(codes.slice(0, 4)));
  expect(await pictureAt(made, 2)).toEqual(await decoded(Float32Array.of(0.5, 1, -0.5, 0)));
  expect(await pictureAt(made, 4)).toEqual(await decoded(codes.slice(4)));
  expect(() => codeIn(library, 0, 'another')).toThrow('the model of the library');
});

test('directions are sorted, and a picture moves along them and back', async () => {
  const { deviations } = await directionsOf(model);
  expect(deviations).toHaveLength(4);
  expect([...deviations]).toEqual([...deviations].toSorted((a, b) => b - a));
  const code = drawFrom(model.prior, 1, 1, 1);
  const still = await pictureAt(await movedPicture(model, code, [0, 0], signal), 0);
  expect(still).toEqual(await decoded(code));
  const moved = await pictureAt(await movedPicture(model, code, [3], signal), 0);
  expect(moved).not.toEqual(still);
});

test('a model of another kind cannot generate', async () => {
  const dense = createAutoencoder(await stored(tinyAutoencoder('dense')));
  const models = { autoencoder: () => Promise.resolve(dense) } as unknown as Models;
  await expect(generatorOf(models, 'tiny-dense')).rejects.toMatchObject({ code: 'MODEL_KIND_MISMATCH' });
});
