import { encodePhoto } from '../../image/encode-photo.ts';
import type { Autoencoder } from '../../ml/autoencoder/autoencoder.ts';
import { drawFrom } from '../../ml/generate/mixture.ts';
import { principalComponents } from '../../ml/reduce/principal-components.ts';
import type { PrincipalComponents } from '../../ml/reduce/principal-components.ts';
import { invalidArgument, PellucidError } from '../../shared/errors.ts';
import type { GeneratedPictures } from '../../shared/explore.ts';
import type { Models } from '../operations/models.ts';
import type { Library } from './library.ts';

/** Codes that say in which directions codes vary most. */
const drawnForDirections = 4096;
/** Directions that are offered. */
const mostDirections = 16;
const mostColumns = 20;

type CodedLibrary = Pick<Library, 'codes' | 'codeLength' | 'modelId'>;

/** The code of a picture. Throws INVALID_ARGUMENT for one that another model has made. */
export function codeIn({ codes, codeLength, modelId }: CodedLibrary, index: number, wanted: string): Float32Array {
  if (modelId !== wanted) throw invalidArgument('modelId', `the model of the library, ${modelId}`, wanted);
  return codes.subarray(index * codeLength, (index + 1) * codeLength);
}

/** The `variational` model of an id. Throws MODEL_NOT_FOUND, MODEL_KIND_MISMATCH. */
export async function generatorOf(models: Models, modelId: string): Promise<Autoencoder> {
  const model = await models.autoencoder(modelId);
  if (model.kind === 'variational') return model;
  const message = `Model ${modelId} is a ${model.kind} one, which cannot generate. Train a variational model and choose that.`;
  throw new PellucidError('MODEL_KIND_MISMATCH', message, { subject: modelId });
}

/**
 * Pictures from drawn codes; the first ones stay the same when more are asked for.
 * @param spread 1 draws as codes of training pictures lie; less gives more typical pictures
 */
export async function samplePictures(
  model: Autoencoder,
  { count, seed, spread }: { count: number; seed: number; spread: number },
  signal: AbortSignal,
): Promise<GeneratedPictures> {
  return await picturesOf(model, drawFrom(model.prior, count, seed, spread), `samples-${seed}.png`, signal);
}

/** The way from one picture of a library to another, both ends included, in equal steps between their codes. */
export async function picturesBetween(
  model: Autoencoder,
  library: CodedLibrary,
  { from, to, steps }: { from: number; to: number; steps: number },
  signal: AbortSignal,
): Promise<GeneratedPictures> {
  const { codeLength } = library;
  const [start, end] = [from, to].map((index) => codeIn(library, index, model.modelId));
  const way = Float32Array.from({ length: steps * codeLength }, (_, at) => {
    const part = Math.floor(at / codeLength) / (steps - 1);
    const [a = 0, b = 0] = [start?.[at % codeLength], end?.[at % codeLength]];
    return a + part * (b - a);
  });
  return await picturesOf(model, way, 'between.png', signal, Math.min(steps, mostColumns));
}

/** The directions in which the codes of a model's pictures vary most. */
export async function directionsOf({ prior, codeLength }: Autoencoder): Promise<PrincipalComponents> {
  const drawn = drawFrom(prior, drawnForDirections, 0, 1);
  return await principalComponents(drawn, codeLength, Math.min(codeLength, mostDirections));
}

/**
 * One picture, moved along the directions of most variance.
 * @param code where it starts; the middle of all codes when null
 * @param offsets for each direction, in its standard deviations
 */
export async function movedPicture(
  model: Autoencoder,
  code: Float32Array | null,
  offsets: readonly number[],
  signal: AbortSignal,
): Promise<GeneratedPictures> {
  const { mean, directions, deviations } = await directionsOf(model);
  const length = model.codeLength;
  const moved = Float32Array.from(code ?? mean, (value, at) =>
    offsets.reduce(
      (sum, offset, which) => sum + offset * (deviations[which] ?? 0) * (directions[which * length + at] ?? 0),
      value,
    ),
  );
  return await picturesOf(model, moved, 'picture.png', signal);
}

/** Decodes codes and puts their pictures into rows, as one PNG. */
async function picturesOf(
  model: Autoencoder,
  codes: Float32Array,
  suggestedName: string,
  signal: AbortSignal,
  inRow?: number,
): Promise<GeneratedPictures> {
  const { width, height, channels, codeLength } = model;
  const count = codes.length / codeLength;
  const values = await model.decode(codes, signal);
  const columns = inRow ?? Math.min(count, mostColumns, Math.max(1, Math.ceil(Math.sqrt(count * 2))));
  const rows = Math.ceil(count / columns);
  const data = new Uint8Array(columns * width * rows * height * 3);
  for (let at = 0; at < count * width * height; at++) {
    const picture = Math.floor(at / (width * height));
    const y = Math.floor(picture / columns) * height + (Math.floor(at / width) % height);
    const x = (picture % columns) * width + (at % width);
    for (let channel = 0; channel < 3; channel++) {
      const value = values[at * channels + Math.min(channel, channels - 1)] ?? 0;
      data[3 * (y * columns * width + x) + channel] = Math.round(255 * value);
    }
  }
  const pixels = { width: columns * width, height: rows * height, channels: 3 as const, data };
  const bytes = await encodePhoto({ pixels, metadata: {} }, { format: 'png', signal });
  return { bytes, suggestedName, mediaType: 'image/png', count, columns, width, height };
}
