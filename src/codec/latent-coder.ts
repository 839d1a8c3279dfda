import { invalidArgument } from '../shared/errors.ts';
import { maxChannels } from './entropy-tables.ts';
import type { EntropyTables } from './entropy-tables.ts';
import { LatentModel } from './latent-model.ts';
import { LatentPlanes } from './latent-planes.ts';
import { corruptLatent, RangeCoder } from './range-coder.ts';

/** The shape of a quantised latent; its integers lie in channel, row, column order. */
export interface LatentShape {
  channels: number;
  height: number;
  width: number;
}

/** Latents are coded in bands of whole rows with at most this many positions, which bounds the coder's memory. */
const maxBandPositions = 32768;
/** The most integers a latent may have: a picture of 268 megapixels at 1/16 of its resolution, 256 channels. */
const maxLatentValues = 2 ** 28;
/** Adaptive probabilities average over at most this many decisions. */
const counterLimit = 500;

/**
 * Entropy-codes a quantised latent, exactly and in integer arithmetic alone (docs/file-format.md).
 * @param values integers in channel, row, column order, any 16-bit values
 * @param tables of the model, for the same number of channels
 * @param hasGroups as format version 2 has it: groups of zeros take one decision
 * @throws INVALID_ARGUMENT when shape, values and tables do not fit together
 */
export function encodeLatent(
  values: Int16Array,
  shape: LatentShape,
  tables: EntropyTables,
  hasGroups = false,
): Uint8Array {
  assertShape(shape, tables);
  if (values.length !== shape.channels * shape.height * shape.width)
    throw invalidArgument('values', `${shape.channels} x ${shape.height} x ${shape.width} integers`, values.length);
  const coder = RangeCoder.encoder();
  codeBands(coder, new LatentModel(coder, tables, counterLimit, hasGroups), values, shape);
  return coder.finish();
}

/**
 * The integers that {@link encodeLatent} coded.
 * @throws PEL_CORRUPT when the bytes cannot have come from it, INVALID_ARGUMENT when shape and tables do not fit
 */
export function decodeLatent(
  bytes: Uint8Array,
  shape: LatentShape,
  tables: EntropyTables,
  hasGroups = false,
): Int16Array {
  assertShape(shape, tables);
  // Every band ends in a check byte that no model shortens, so a few bytes cannot ask for much memory.
  if (bytes.length < bandsOf(shape).length) throw corruptLatent('is too short for its size');
  const values = new Int16Array(shape.channels * shape.height * shape.width);
  const coder = RangeCoder.decoder(bytes);
  codeBands(coder, new LatentModel(coder, tables, counterLimit, hasGroups), values, shape);
  coder.finish();
  return values;
}

/** First row and number of rows of each band. */
function bandsOf({ height, width }: LatentShape): { top: number; rows: number }[] {
  const most = Math.max(1, Math.floor(maxBandPositions / width));
  const bands: { top: number; rows: number }[] = [];
  for (let top = 0; top < height; top += most) bands.push({ top, rows: Math.min(most, height - top) });
  return bands;
}

/** Codes all bands with one model, in either direction. */
function codeBands(coder: RangeCoder, model: LatentModel, values: Int16Array, shape: LatentShape): void {
  const { channels, height, width } = shape;
  let planes: LatentPlanes | undefined;
  let planesRows = 0;
  for (const { top, rows } of bandsOf(shape)) {
    if (planes === undefined || planesRows !== rows) planes = new LatentPlanes(channels, rows, width);
    planesRows = rows;
    model.openBand();
    let check = 0;
    for (let channel = 0; channel < channels; channel++) {
      const start = (channel * height + top) * width;
      model.codeChannel(channel, planes, values, start, { height: rows, width });
      check = checkOf(values, start, rows * width, check);
    }
    if (coder.codeRaw(check, 8) !== check) throw corruptLatent('does not match its check byte');
  }
}

/** A check of 8 bits over coded integers: it notices a decoder that has other tables than the encoder had. */
function checkOf(values: Int16Array, start: number, length: number, seed: number): number {
  let sum = seed + 1;
  for (let index = start; index < start + length; index++) sum = (Math.imul(sum, 31) + (values[index] as number)) | 0;
  return (sum ^ (sum >>> 8) ^ (sum >>> 16) ^ (sum >>> 24)) & 255;
}

function assertShape(shape: LatentShape, tables: EntropyTables): void {
  const { channels, height, width } = shape;
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65536;
  if (!isCount(channels) || channels > maxChannels)
    throw invalidArgument('channels', `an integer from 1 to ${maxChannels}`, channels);
  if (!isCount(height)) throw invalidArgument('height', 'an integer from 1 to 65536', height);
  if (!isCount(width)) throw invalidArgument('width', 'an integer from 1 to 65536', width);
  if (channels * height * width > maxLatentValues)
    throw invalidArgument('shape', `at most ${maxLatentValues} integers`, channels * height * width);
  if (tables.channels !== channels) throw invalidArgument('tables', `tables for ${channels} channels`, tables.channels);
}
