import { invalidArgument } from '../shared/errors.ts';
import { crc32 } from './crc32.ts';
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
import type { PelBlock, PelHeader } from './pel-format.ts';

/**
 * The bytes of a .pel file (docs/file-format.md). With a model id of at most 28 characters they are at most 64 bytes
 * longer than the payload and the blocks with their heads.
 * @throws INVALID_ARGUMENT for a header that the format cannot hold, or two blocks of one kind
 */
export function writePel(header: PelHeader, blocks: PelBlock[], payload: Uint8Array): Uint8Array {
  assertPelHeader(header);
  if (new Set(blocks.map((block) => block.kind)).size < blocks.length)
    throw invalidArgument('blocks', 'at most one block of each kind', blocks);
  const parts: Uint8Array[] = [Uint8Array.from(headBytes(header))];
  for (const { kind, bytes } of [...blocks, { kind: 'payload' as const, bytes: payload }])
    parts.push(Uint8Array.from([pelBlockNumbers[kind], ...varintBytes(bytes.length)]), bytes);
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

function headBytes(header: PelHeader): number[] {
  const id = [...header.modelId].map((character) => character.charCodeAt(0));
  const hash = Array.from({ length: modelHashBytes }, (_, index) =>
    Number.parseInt(header.modelHash.slice(2 * index, 2 * index + 2), 16),
  );
  const flags = (header.bitDepth === 16 ? 1 : 0) | (header.channels === 3 ? 2 : 0);
  return [
    ...pelMagic,
    pelVersion,
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
