import { listPngChunks } from './png-chunks.ts';
import { sharp } from './sharp-runtime.ts';
import type { PhotoFormat } from '../shared/photo.ts';

/** Code points of ITU-T H.273 that say what the values of a picture mean where it has no profile. */
export interface CodedColour {
  primaries: number;
  transfer: number;
}

const displayP3Primaries = 12;
const srgbTransfer = 13;
const unspecified = 2;
const hdrTransfers: Record<number, string> = { 16: 'PQ', 18: 'HLG' };

/** The code points of an AVIF (`colr` box of type `nclx`) or a PNG (`cICP` chunk). */
export function findCodedColour(bytes: Uint8Array, format: PhotoFormat): CodedColour | undefined {
  if (format === 'png') {
    const chunk = listPngChunks(bytes).find(({ type, data }) => type === 'cICP' && data.byteLength === 4);
    return chunk && { primaries: chunk.data[0] ?? unspecified, transfer: chunk.data[1] ?? unspecified };
  }
  if (format !== 'avif') return undefined;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = file.indexOf('colrnclx', 0, 'latin1');
  if (at < 0 || at + 12 > file.byteLength) return undefined;
  return { primaries: file.readUInt16BE(at + 8), transfer: file.readUInt16BE(at + 10) };
}

/** The name of the HDR curve that the values follow, or undefined for values that an 8-bit screen shows as they are. */
export function hdrTransferOf(colour: CodedColour | undefined): string | undefined {
  return colour && hdrTransfers[colour.transfer];
}

let displayP3: Promise<Uint8Array> | undefined;

/**
 * The profile that stands for code points, so that the colours survive in formats without them: Display P3 is the one
 * that phones and screens use. Undefined for sRGB, and for what has no profile here.
 */
export async function profileForColour(colour: CodedColour | undefined): Promise<Uint8Array | undefined> {
  if (colour?.primaries !== displayP3Primaries || colour.transfer !== srgbTransfer) return undefined;
  displayP3 ??= builtInDisplayP3();
  return await displayP3;
}

/** sharp carries the profile but gives it out only inside a picture. */
async function builtInDisplayP3(): Promise<Uint8Array> {
  const carrier = sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } }).withIccProfile('p3');
  const { icc } = await sharp(await carrier.png().toBuffer()).metadata();
  return new Uint8Array(icc ?? []);
}

/** True where the primaries are neither those of sRGB (1), nor unspecified (2), nor Display P3. */
export function isUnusualGamut(colour: CodedColour | undefined): boolean {
  return colour !== undefined && ![1, unspecified, displayP3Primaries].includes(colour.primaries);
}
