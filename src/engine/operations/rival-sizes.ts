import { encodePhoto } from '../../image/encode-photo.ts';
import type { EncodeOptions } from '../../image/encode-photo.ts';
import { toBitDepth } from '../../image/bit-depth.ts';
import { crop } from '../../image/preview.ts';
import { readPhoto } from '../../image/read-photo.ts';
import { psnrOfPixels } from '../../metrics/psnr.ts';
import type { RivalSize, RivalSizes } from '../../shared/contract.ts';
import type { Pixels, Region } from '../../shared/pixels.ts';

/** The picture that was restored, as the comparison with other formats needs it; all of one size. */
export interface RivalsInput {
  restored: Pixels;
  /** The clean picture, where it is known. */
  reference: Pixels | null;
  /** Gives the photo without its noise in one region: what a person would save in another format. */
  denoised: (region: Region) => Promise<Pixels>;
}

const rivalFormats = ['jpeg', 'webp', 'avif'] as const;
/** Up to this many pixels the whole picture is encoded; of larger ones a grid of samples. */
const mostWholePixels = 1_200_000;
const samplesPerSide = 3;
/** A multiple of the blocks of all formats, so that the seams between samples cost them nothing. */
const samplePx = 320;

/**
 * What the photo would take as JPEG (mozjpeg), WebP and AVIF at the quality of the compressed file: the noise is removed first,
 * and the lowest format quality is sought at which the decoded picture is as close to the truth, in PSNR, as the one
 * from the `.pel`. The truth is the clean reference, else the denoised photo; the second is kind to the rivals, since
 * they encode it. A large photo is measured on nine samples of it and its size estimated from theirs.
 *
 * @throws {PellucidError} `ABORTED`, and what denoising throws
 */
export async function findRivalSizes(input: RivalsInput, signal: AbortSignal): Promise<RivalSizes> {
  const { restored, reference } = input;
  const regions = sampleRegions(restored);
  const source = await joinSamples(regions, async (region) => {
    signal.throwIfAborted();
    return input.denoised(region);
  });
  const truth = reference === null ? source : await joinSamples(regions, (region) => crop(reference, region));
  const ours = await joinSamples(regions, (region) => crop(restored, region));
  const psnr = psnrOfPixels(ours, truth);
  const scale = (restored.width * restored.height) / (source.width * source.height);
  const rivals: RivalSize[] = [];
  for (const format of rivalFormats) rivals.push(await findSize(format, source, truth, { psnr, scale, signal }));
  return { rivals, psnr, basis: reference === null ? 'denoised' : 'reference', isEstimate: regions.length > 1 };
}

interface Goal {
  psnr: number;
  /** Pixels of the photo for each pixel that is encoded. */
  scale: number;
  signal: AbortSignal;
}

/** Halves colour first, as these formats are used, and keeps it only where the quality is not reached otherwise. */
async function findSize(format: RivalSize['format'], source: Pixels, truth: Pixels, goal: Goal): Promise<RivalSize> {
  const chromas = format === 'webp' ? (['420'] as const) : (['420', '444'] as const);
  for (const chroma of chromas) {
    const found = await bisect({ format, chroma }, source, truth, goal);
    if (found !== null) return { format, sizeBytes: Math.round(found.sizeBytes * goal.scale), quality: found.quality };
  }
  return { format, sizeBytes: null, quality: null };
}

async function bisect(
  options: Pick<EncodeOptions, 'format' | 'chroma'>,
  source: Pixels,
  truth: Pixels,
  { psnr, signal }: Goal,
): Promise<{ sizeBytes: number; quality: number } | null> {
  let low = 1;
  let high = 100;
  let found: { sizeBytes: number; quality: number } | null = null;
  while (low <= high) {
    const quality = Math.floor((low + high) / 2);
    const mozjpeg = options.format === 'jpeg';
    const bytes = await encodePhoto({ pixels: source, metadata: {} }, { ...options, mozjpeg, quality, signal });
    const { pixels } = await readPhoto({ bytes, name: `rival.${options.format}` }, { signal });
    if (psnrOfPixels(pixels, truth) >= psnr) {
      found = { sizeBytes: bytes.byteLength, quality };
      high = quality - 1;
    } else low = quality + 1;
  }
  return found;
}

/** All of a small picture, or a grid of equal squares spread over a large one. */
function sampleRegions({ width, height }: Pixels): Region[] {
  if (width * height <= mostWholePixels || Math.min(width, height) < samplesPerSide * samplePx) {
    return [{ left: 0, top: 0, width, height }];
  }
  const at = (index: number, length: number) => Math.round(((index + 0.5) * length) / samplesPerSide - samplePx / 2);
  return Array.from({ length: samplesPerSide ** 2 }, (_, index) => ({
    left: at(index % samplesPerSide, width),
    top: at(Math.floor(index / samplesPerSide), height),
    width: samplePx,
    height: samplePx,
  }));
}

/** The samples below one another, with 8 bits, as most formats have no more. */
async function joinSamples(
  regions: readonly Region[],
  sampleOf: (region: Region) => Pixels | Promise<Pixels>,
): Promise<Pixels> {
  const parts: Pixels[] = [];
  for (const region of regions) parts.push(await sampleOf(region));
  const [first] = parts;
  if (first === undefined) throw new Error('There is no sample.');
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let offset = 0;
  for (const part of parts) {
    data.set(toBitDepth(part.data, 8), offset);
    offset += part.data.length;
  }
  const height = parts.reduce((sum, part) => sum + part.height, 0);
  return { width: first.width, height, channels: first.channels, data };
}
