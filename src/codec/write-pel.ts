import { crc32 } from 'node:zlib';
import { invalidArgument } from '../shared/errors.ts';
import {
  assertPelHeader,
  crcBytes,
  modelHashBytes,
  pelBlockNumbers,
  pelMagic,
  pelVersion,
  qualitySteps,
  sigmaSteps,
} from './pel-format.ts';
import type { PelBlock, PelFile, PelHeader } from './pel-format.ts';

/**
 * The bytes of a .pel file (docs/file-format.md), of version 1 where the picture is one strip, so that older programs
 * read it. With a model id of at most 28 characters one strip costs at most 64 bytes beside itself and the blocks with
 * their heads; several cost at most 8 bytes each more.
 * @throws INVALID_ARGUMENT for a header that the format cannot hold, no strip, or two blocks of one kind
 */
export function writePel({ header, blocks, strips }: PelFile): Uint8Array {
  assertPelHeader(header);
  if (strips.length === 0) throw invalidArgument('strips', 'at least one', strips);
  if (new Set(blocks.map((block) => block.kind)).size < blocks.length)
    throw invalidArgument('blocks', 'at most one block of each kind', blocks);
  const parts: Uint8Array[] = [Uint8Array.from(headBytes(header, strips.length === 1 ? 1 : pelVersion))];
  for (const { kind, bytes } of blocks) parts.push(blockHead(kind, bytes.length), bytes);
  parts.push(...pictureBlock(strips));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const file = new Uint8Array(length + crcBytes);
  let position = 0;
  for (const part of parts) {
    file.set(part, position);
    position += part.length;
  }
  new DataView(file.buffer).setUint32(length, crc32(file.subarray(0, length)));
  return file;
}

/** The last block: one strip as it is, or several after their number and the lengths of all but the last. */
function pictureBlock(strips: readonly Uint8Array[]): Uint8Array[] {
  const lengths = strips.slice(0, -1).flatMap((strip) => varintBytes(strip.length));
  const index = Uint8Array.from(strips.length === 1 ? [] : [...varintBytes(strips.length), ...lengths]);
  const length = strips.reduce((sum, strip) => sum + strip.length, index.length);
  return [blockHead('payload', length), index, ...strips];
}

function blockHead(kind: PelBlock['kind'] | 'payload', length: number): Uint8Array {
  return Uint8Array.from([pelBlockNumbers[kind], ...varintBytes(length)]);
}

function headBytes(header: PelHeader, version: number): number[] {
  const id = [...header.modelId].map((character) => character.charCodeAt(0));
  const hash = Array.from({ length: modelHashBytes }, (_, index) =>
    Number.parseInt(header.modelHash.slice(2 * index, 2 * index + 2), 16),
  );
  const flags = (header.bitDepth === 16 ? 1 : 0) | (header.channels === 3 ? 2 : 0);
  return [
    ...pelMagic,
    version,
    ...varintBytes(id.length),
    ...id,
    ...hash,
    ...varintBytes(header.width),
    ...varintBytes(header.height),
    flags,
    ...varintBytes(header.quality * qualitySteps),
    ...varintBytes(Math.round(header.sigma255 * sigmaSteps)),
  ];
}

/** An unsigned integer in groups of 7 bits, lowest first; bit 7 says that another group follows (LEB128). */
function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes;
}
