import { crc32, deflateSync } from 'node:zlib';
import type { PngChunk } from '../shared/photo.ts';

/** PNG, third edition (W3C 2025), section 5: signature, then chunks of length, type, data and CRC. */
const signatureBytes = 8;

/** A chunk and where it stands in the file; `end` is behind its CRC. */
export interface PlacedChunk extends PngChunk {
  start: number;
  end: number;
}

/** The chunks of a PNG up to its end or to the first that is cut off; nothing is checked but lengths. */
export function listPngChunks(bytes: Uint8Array): PlacedChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: PlacedChunk[] = [];
  let start = signatureBytes;
  while (start + 12 <= bytes.byteLength) {
    const end = start + 12 + view.getUint32(start);
    if (end > bytes.byteLength) break;
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    chunks.push({ type, data: bytes.subarray(start + 8, end - 4), start, end });
    if (type === 'IEND') break;
    start = end;
  }
  return chunks;
}

/** One chunk as it stands in a file. */
function toPngChunk({ type, data }: PngChunk): Uint8Array {
  const chunk = new Uint8Array(12 + data.byteLength);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.byteLength);
  for (let index = 0; index < 4; index++) chunk[4 + index] = type.charCodeAt(index);
  chunk.set(data, 8);
  view.setUint32(8 + data.byteLength, crc32(chunk.subarray(4, 8 + data.byteLength)));
  return chunk;
}

/**
 * The same PNG with an `eXIf` chunk that stands behind the pixels moved before them. The standard allows both places,
 * libvips reads only the first, and the orientation would be lost.
 */
export function withEarlyExif(bytes: Uint8Array, chunks: readonly PlacedChunk[]): Uint8Array {
  const firstData = chunks.findIndex(({ type }) => type === 'IDAT');
  const exif = chunks.find(({ type }, index) => type === 'eXIf' && firstData >= 0 && index > firstData);
  const pixels = chunks[firstData];
  if (exif === undefined || pixels === undefined) return bytes;
  const parts = [
    bytes.subarray(0, pixels.start),
    bytes.subarray(exif.start, exif.end),
    bytes.subarray(pixels.start, exif.start),
    bytes.subarray(exif.end),
  ];
  return Buffer.concat(parts);
}

/** A PNG with chunks put behind its header; chunks of the same types that were there are dropped. */
export function insertPngChunks(png: Uint8Array, added: readonly PngChunk[]): Uint8Array {
  const replaced = new Set(added.map(({ type }) => type).filter((type) => !type.endsWith('Xt')));
  const parts: Uint8Array[] = [png.subarray(0, signatureBytes)];
  for (const { type, start, end } of listPngChunks(png)) {
    if (!replaced.has(type)) parts.push(png.subarray(start, end));
    if (type === 'IHDR') parts.push(...added.map(toPngChunk));
  }
  return Buffer.concat(parts);
}

/** `iCCP`: a name, and the profile compressed. */
export function iccChunk(icc: Uint8Array): PngChunk {
  return { type: 'iCCP', data: Buffer.concat([Buffer.from('ICC profile\0\0', 'latin1'), deflateSync(icc)]) };
}

/** `iTXt` with the keyword that the XMP specification (part 3, 1.1.5) fixes, not compressed. */
export function xmpChunk(xmp: Uint8Array): PngChunk {
  return { type: 'iTXt', data: Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0', 'latin1'), xmp]) };
}

/** True for the chunk that {@link xmpChunk} makes. */
export function isXmpChunk({ type, data }: PngChunk): boolean {
  return type === 'iTXt' && Buffer.from(data.subarray(0, 18)).toString('latin1') === 'XML:com.adobe.xmp\0';
}

const inchesPerMetre = 0.0254;

/** `pHYs` in pixels per metre from pixels per inch. */
export function densityChunk({ x, y }: { x: number; y: number }): PngChunk {
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  view.setUint32(0, Math.round(x / inchesPerMetre));
  view.setUint32(4, Math.round(y / inchesPerMetre));
  data[8] = 1;
  return { type: 'pHYs', data };
}

/** Pixels per inch from `pHYs`, or undefined where it only says how pixels are stretched. */
export function densityOfChunk({ data }: PngChunk): { x: number; y: number } | undefined {
  if (data.byteLength !== 9 || data[8] !== 1) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, 9);
  return { x: view.getUint32(0) * inchesPerMetre, y: view.getUint32(4) * inchesPerMetre };
}
