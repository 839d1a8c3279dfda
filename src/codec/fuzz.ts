import { crc32 } from 'node:zlib';
import { PellucidError } from '../shared/errors.ts';
import { createRandom } from '../shared/random.ts';
import type { Random } from '../shared/random.ts';
import { defaultTables } from './entropy-tables.ts';
import { prepareTables } from './prepared-tables.ts';
import { decodeStrips, encodeStrips } from './latent-threads.ts';
import type { LatentShape } from './latent-coder.ts';
import { crcBytes } from './pel-format.ts';
import type { PelHeader } from './pel-format.ts';
import { readPel } from './read-pel.ts';
import { writePel } from './write-pel.ts';

/** What became of damaged files. */
export interface FuzzCounts {
  rounds: number;
  /** Files that were refused with a typed error, by its code. */
  refused: Record<string, number>;
  /** Files whose damage can not be seen: they decoded to integers of the size that their head declares. */
  decoded: number;
  /** The longest that one file took. */
  slowestMs: number;
}

/** A damaged model id or hash names a model that is not there. */
const refusals = /^(PEL_|MODEL_NOT_FOUND$)/;
const channels = 12;
const sampling = 16;
const tables = prepareTables(defaultTables(channels));

/**
 * Damages `.pel` files in `rounds` ways that follow from `seed`, reads each and decodes what can be read. Half of the
 * files get a checksum that is right, so that the damage reaches the parser and the entropy decoder.
 * @param decode turns a file into a picture or its integers; by default, the integers
 * @throws whatever the reader or decoder throws that is not a PellucidError of a .pel file: that is a defect
 */
export async function fuzzPel(
  seed: number,
  rounds: number,
  decode: (file: Uint8Array) => void | Promise<void> = decodeIntegers,
  originals?: Uint8Array[],
): Promise<FuzzCounts> {
  const random = createRandom(seed, 1);
  const files = originals ?? (await sampleFiles(createRandom(seed, 0)));
  const counts: FuzzCounts = { rounds, refused: {}, decoded: 0, slowestMs: 0 };
  for (let round = 0; round < rounds; round++) {
    const file = damaged(files[random.integer(files.length)] as Uint8Array, random);
    const start = performance.now();
    try {
      await decode(file);
      counts.decoded++;
    } catch (error) {
      if (!(error instanceof PellucidError) || !refusals.test(error.code)) throw error;
      counts.refused[error.code] = (counts.refused[error.code] ?? 0) + 1;
    }
    counts.slowestMs = Math.max(counts.slowestMs, performance.now() - start);
  }
  return counts;
}

async function decodeIntegers(file: Uint8Array): Promise<void> {
  const { header, strips } = readPel(file);
  const shape = shapeOf(header);
  const values = await decodeStrips(strips, shape, tables);
  if (values.length !== shape.channels * shape.height * shape.width) throw new Error('Decoded a wrong number.');
}

function shapeOf({ width, height }: PelHeader): LatentShape {
  return { channels, height: Math.ceil(height / sampling), width: Math.ceil(width / sampling) };
}

/** Whole files of several sizes, with and without metadata, the last one in two strips. */
async function sampleFiles(random: Random): Promise<Uint8Array[]> {
  const sizes = [[16, 16], [100, 60], [400, 300], [1040, 1030]] as const; // prettier-ignore
  const files = sizes.map(async ([width, height], index) => {
    const header: PelHeader = {
      modelId: 'fuzz-model',
      modelHash: '0123456789abcdef',
      width,
      height,
      bitDepth: index === 1 ? 16 : 8,
      channels: 3,
      quality: 50,
      sigma255: 12.5,
    };
    const shape = shapeOf(header);
    const size = shape.height * shape.width;
    const values = Int16Array.from({ length: channels * size }, (_, at) =>
      Math.round((random.normal() * 20) / (1 + Math.floor(at / size))),
    );
    const bytes = Uint8Array.from({ length: 40 }, () => random.integer(256));
    const blocks =
      index === 0
        ? []
        : [
            { kind: 'icc' as const, bytes },
            { kind: 'alpha' as const, bytes },
          ];
    return writePel({ header, blocks, strips: await encodeStrips(values, shape, tables) });
  });
  return await Promise.all(files);
}

function damaged(original: Uint8Array, random: Random): Uint8Array {
  let file = original.slice();
  for (let count = 1 + random.integer(3); count > 0; count--) file = damagedOnce(file, random);
  if (random.integer(2) === 0 && file.length > crcBytes) {
    const end = file.length - crcBytes;
    new DataView(file.buffer).setUint32(end, crc32(file.subarray(0, end)));
  }
  return file;
}

function damagedOnce(file: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const result = file.slice();
  if (result.length === 0) return result;
  // Half of the damage goes where lengths and sizes are.
  const at = random.integer(random.integer(2) === 0 ? Math.min(48, result.length) : result.length);
  switch (random.integer(5)) {
    case 0:
      result[at] = (result[at] as number) ^ (1 << random.integer(8));
      return result;
    case 1:
      result[at] = random.integer(256);
      return result;
    case 2:
      return result.slice(0, at);
    case 3:
      result.fill(255, at, at + 1 + random.integer(5));
      return result;
    default: {
      const length = 1 + random.integer(20);
      const longer = new Uint8Array(result.length + length);
      longer.set(result.subarray(0, at));
      for (let index = at; index < at + length; index++) longer[index] = random.integer(256);
      longer.set(result.subarray(at), at + length);
      return longer;
    }
  }
}
