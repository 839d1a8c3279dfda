import { crc32 } from 'node:zlib';
import { PellucidError } from '../shared/errors.ts';
import {
  corruptPel,
  crcBytes,
  firstOptionalBlock,
  isPelModelId,
  looksLikePel,
  maxPelPixels,
  maxPelSide,
  modelHashBytes,
  pelBlockNumbers,
  pelMagic,
  pelVersion,
  qualitySteps,
  sigmaSteps,
} from './pel-format.ts';
import type { PelBlock, PelBlockKind, PelFile, PelHeader } from './pel-format.ts';

/**
 * Takes a .pel file apart. It trusts nothing: every length is checked against the bytes that are there, and nothing is
 * allocated by what the file says. Blocks that may be skipped and are not known are left out.
 * @throws PEL_CORRUPT for anything that is no whole and sound file, PEL_VERSION_UNSUPPORTED for one of another version
 * or with a block that a later version requires
 */
export function readPel(bytes: Uint8Array): PelFile {
  if (!looksLikePel(bytes)) throw corruptPel('does not begin as a .pel file does');
  const version = bytes[pelMagic.length];
  if (version === undefined) throw corruptPel('ends after its first bytes');
  if (version < 1 || version > pelVersion)
    throw unsupported(`has format version ${version}, and this program reads 1 to ${pelVersion}`);
  const end = bytes.length - crcBytes;
  if (end <= pelMagic.length) throw corruptPel('ends in its head');
  const body = bytes.subarray(0, end);
  const expected = new DataView(bytes.buffer, bytes.byteOffset + end, crcBytes).getUint32(0);
  if (crc32(body) !== expected) throw corruptPel('is damaged or incomplete: its checksum does not match');
  const cursor = new Cursor(body, pelMagic.length + 1);
  const header = readHeader(cursor);
  const { blocks, picture } = readBlocks(cursor);
  return { header, blocks, strips: version === 1 ? [picture] : readStrips(picture, header) };
}

function readHeader(cursor: Cursor): PelHeader {
  const modelId = String.fromCharCode(...cursor.take(cursor.varint('length of the model id', 64), 'model id'));
  if (!isPelModelId(modelId)) throw corruptPel('has a model id with impossible characters');
  const modelHash = Array.from(cursor.take(modelHashBytes, 'model hash'), (byte) => byte.toString(16).padStart(2, '0'));
  const width = cursor.varint('width', maxPelSide);
  const height = cursor.varint('height', maxPelSide);
  if (width === 0 || height === 0) throw corruptPel('says that its picture has no pixels');
  if (width * height > maxPelPixels) throw corruptPel(`says that its picture has more than ${maxPelPixels} pixels`);
  const flags = cursor.take(1, 'flags')[0] as number;
  if (flags > 3) throw corruptPel('has flags that this version does not define');
  const quality = cursor.varint('quality', 100 * qualitySteps) / qualitySteps;
  if (quality < 1) throw corruptPel('has a quality below 1');
  const sigma255 = cursor.varint('noise level', 255 * sigmaSteps) / sigmaSteps;
  const bitDepth = (flags & 1) === 1 ? 16 : 8;
  const channels = (flags & 2) === 2 ? 3 : 1;
  return { modelId, modelHash: modelHash.join(''), width, height, bitDepth, channels, quality, sigma255 };
}

function readBlocks(cursor: Cursor): { blocks: PelBlock[]; picture: Uint8Array } {
  const blocks: PelBlock[] = [];
  for (;;) {
    const number = cursor.take(1, 'block')[0] as number;
    const bytes = cursor.take(cursor.varint('length of a block', Number.MAX_SAFE_INTEGER), 'block');
    if (number === pelBlockNumbers.payload) {
      if (!cursor.isAtEnd) throw corruptPel('has bytes after its picture');
      return { blocks, picture: bytes };
    }
    const kind = kindOf(number);
    if (kind === undefined) {
      if (number < firstOptionalBlock) throw unsupported(`needs a feature (block ${number}) that this program lacks`);
      continue;
    }
    if (blocks.some((block) => block.kind === kind)) throw corruptPel(`has two blocks of the kind ${kind}`);
    blocks.push({ kind, bytes });
  }
}

/** Takes the picture's block apart. A strip holds at least one row of pixels, so that there are no more than those. */
function readStrips(picture: Uint8Array, { height }: PelHeader): Uint8Array[] {
  const cursor = new Cursor(picture, 0);
  const count = cursor.varint('number of strips', height);
  if (count < 2) throw corruptPel('says that its picture is in fewer than two strips');
  const lengths = Array.from({ length: count - 1 }, () => cursor.varint('length of a strip', picture.length));
  return [...lengths.map((length) => cursor.take(length, 'strips')), cursor.takeRest()];
}

function kindOf(number: number): PelBlockKind | undefined {
  const kinds = Object.keys(pelBlockNumbers) as (keyof typeof pelBlockNumbers)[];
  const kind = kinds.find((name) => pelBlockNumbers[name] === number);
  return kind === 'payload' ? undefined : kind;
}

function unsupported(what: string): PellucidError {
  return new PellucidError('PEL_VERSION_UNSUPPORTED', `This .pel file ${what}; open it with a newer Pellucid.`);
}

/** Reads forward through bytes and never past their end. */
class Cursor {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  take(length: number, name: string): Uint8Array {
    if (length > this.#bytes.length - this.#position) throw corruptPel(`ends within its ${name}`);
    this.#position += length;
    return this.#bytes.subarray(this.#position - length, this.#position);
  }

  takeRest(): Uint8Array {
    return this.take(this.#bytes.length - this.#position, 'bytes');
  }

  /** An unsigned integer in groups of 7 bits, in its shortest form, so that a file has one spelling only. */
  varint(name: string, most: number): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 42; scale *= 128) {
      const byte = this.take(1, name)[0] as number;
      value += (byte & 127) * scale;
      if (byte > 127) continue;
      if (byte === 0 && scale > 1) throw corruptPel(`spells its ${name} in more bytes than needed`);
      if (value > most) throw corruptPel(`has a ${name} of ${value}, beyond ${most}`);
      return value;
    }
    throw corruptPel(`has a ${name} that does not end`);
  }
}
