import { invalidArgument } from '../shared/errors.ts';
import { maxChannels } from './entropy-tables.ts';
import type { EntropyTables } from './entropy-tables.ts';
import { withLatentModel } from './latent-model.ts';
import type { BandShape, LatentModel } from './latent-model.ts';
import { corruptLatent } from './corrupt-latent.ts';
import { prepareTables } from './prepared-tables.ts';
import type { PreparedTables } from './prepared-tables.ts';
import type { Strip } from './strips.ts';

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
  return encodeStrip(values, shape, wholeOf(shape), prepareTables(tables), hasGroups);
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
  return decodeWhole(bytes, shape, prepareTables(tables), hasGroups);
}

/** The same for whoever decodes more than one latent. */
export function decodeWhole(
  bytes: Uint8Array,
  shape: LatentShape,
  tables: PreparedTables,
  hasGroups: boolean,
): Int16Array {
  // Before there is memory for what a damaged file may only claim.
  assertShape(shape, tables);
  assertLength(bytes, wholeOf(shape), shape);
  const values = new Int16Array(shape.channels * shape.height * shape.width);
  decodeStrip(bytes, values, shape, wholeOf(shape), tables, hasGroups);
  return values;
}

/** Entropy-codes whole rows of a latent by themselves. Throws as {@link encodeLatent}. */
export function encodeStrip(
  values: Int16Array,
  shape: LatentShape,
  strip: Strip,
  tables: PreparedTables,
  hasGroups: boolean,
): Uint8Array {
  assertShape(shape, tables);
  if (values.length !== shape.channels * shape.height * shape.width)
    throw invalidArgument('values', `${shape.channels} x ${shape.height} x ${shape.width} integers`, values.length);
  const options = { counterLimit, hasGroups, largestBand: largestBandOf(strip, shape) };
  return withLatentModel(tables, options, (model) => {
    codeBands(model, values, shape, strip);
    return model.finish();
  });
}

/** Decodes what {@link encodeStrip} coded into the integers of the whole latent. Throws as {@link decodeLatent}. */
export function decodeStrip(
  bytes: Uint8Array,
  values: Int16Array,
  shape: LatentShape,
  strip: Strip,
  tables: PreparedTables,
  hasGroups: boolean,
): void {
  assertShape(shape, tables);
  assertLength(bytes, strip, shape);
  const options = { counterLimit, hasGroups, largestBand: largestBandOf(strip, shape), bytes };
  withLatentModel(tables, options, (model) => {
    codeBands(model, values, shape, strip);
    model.finish();
  });
}

function wholeOf({ height }: LatentShape): Strip {
  return { top: 0, rows: height };
}

/** The bands of a strip. */
function bandsOf({ top, rows }: Strip, { width }: LatentShape): Strip[] {
  const most = Math.max(1, Math.floor(maxBandPositions / width));
  const bands: Strip[] = [];
  for (let row = 0; row < rows; row += most) bands.push({ top: top + row, rows: Math.min(most, rows - row) });
  return bands;
}

function largestBandOf(strip: Strip, shape: LatentShape): BandShape {
  return { height: bandsOf(strip, shape)[0]?.rows ?? 0, width: shape.width };
}

/** Codes all bands with one model, in either direction. */
function codeBands(model: LatentModel, values: Int16Array, shape: LatentShape, strip: Strip): void {
  const { channels, height, width } = shape;
  for (const { top, rows } of bandsOf(strip, shape)) {
    model.openBand({ height: rows, width });
    for (let channel = 0; channel < channels; channel++)
      model.codeChannel(channel, values, (channel * height + top) * width);
    model.closeBand();
  }
}

/** Every band ends in a check byte that no model shortens, so a few bytes cannot ask for much work. */
function assertLength(bytes: Uint8Array, strip: Strip, shape: LatentShape): void {
  if (bytes.length < bandsOf(strip, shape).length) throw corruptLatent('is too short for its size');
}

function assertShape(shape: LatentShape, tables: { channels: number }): void {
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
