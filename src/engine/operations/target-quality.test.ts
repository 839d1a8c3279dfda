import { describe, expect, it } from 'vitest';
import { readPel, writePel } from '../../codec/container.ts';
import type { PhotoCodec } from '../../ml/interfaces.ts';
import type { Progress } from '../../shared/contract.ts';
import { searchQuality } from './target-quality.ts';

const header = {
  modelId: 'made-up',
  modelHash: '0123456789abcdef',
  width: 16,
  height: 16,
  bitDepth: 8 as const,
  channels: 1 as const,
  sigma255: 0,
};

/** Sizes as those of real photos: they rise with the quality, by a few percent each step, and not evenly. */
const payloadOf = (quality: number): number => Math.round(900 * Math.exp(quality / 28 + Math.sin(quality / 9) / 5));

/** A codec whose files have known sizes, and whose pictures are wrong by a known amount everywhere. */
function madeUpCodec() {
  const tried: number[] = [];
  const encode = (quality: number): Promise<Uint8Array> => {
    tried.push(quality);
    const strips = [new Uint8Array(payloadOf(quality))];
    return Promise.resolve(writePel({ header: { ...header, quality }, blocks: [], strips }));
  };
  const errorOf = (quality: number): number => 40 - Math.round((39 * quality) / 100);
  const decompress: PhotoCodec['decompress'] = (file) => {
    const data = new Uint8Array(256).fill(100 + errorOf(file.header.quality));
    return Promise.resolve({ width: 16, height: 16, channels: 1, data });
  };
  return { analysed: { encode }, codec: { decompress } as PhotoCodec, tried, errorOf };
}

const truth = () =>
  Promise.resolve({ width: 16, height: 16, channels: 1 as const, data: new Uint8Array(256).fill(100) });
const noTruth = () => Promise.reject(new Error('A size needs no picture to measure against.'));

const steps = Array.from({ length: 793 }, (_, index) => (8 + index) / 8);

describe('at most so many bytes', () => {
  it.each([1200, 3000, 5000, 12_345, 20_000])(
    '%d: is met, by no more than a little, in few trials',
    async (maxBytes) => {
      const { analysed, codec, tried } = madeUpCodec();
      const pel = await searchQuality(analysed, codec, { target: { maxBytes }, truth: noTruth, orNearest: false });
      expect(pel.length).toBeLessThanOrEqual(maxBytes);
      const { quality } = readPel(pel).header;
      const next = steps.find((step) => step > quality) ?? 100;
      const overhead = pel.length - payloadOf(quality);
      // Either nothing larger fits, or it would gain less than half a percent.
      expect(payloadOf(next) + overhead > maxBytes || pel.length > 0.995 * maxBytes).toBe(true);
      expect(tried.length).toBeLessThanOrEqual(10);
    },
  );

  it('is the best quality where all of them fit', async () => {
    const { analysed, codec } = madeUpCodec();
    const options = { target: { maxBytes: 1_000_000 }, truth: noTruth, orNearest: false };
    expect(readPel(await searchQuality(analysed, codec, options)).header.quality).toBe(100);
  });

  it('that no quality meets is an error that says what would do, or gives the nearest', async () => {
    const { analysed, codec } = madeUpCodec();
    const options = { target: { maxBytes: 500 }, truth: noTruth, orNearest: false };
    const least = (await analysed.encode(1)).length;
    const refusal = { code: 'TARGET_UNREACHABLE', message: expect.stringContaining(`${least}`) as string };
    await expect(searchQuality(analysed, codec, options)).rejects.toMatchObject(refusal);
    const nearest = await searchQuality(analysed, codec, { ...options, orNearest: true });
    expect(readPel(nearest).header.quality).toBe(1);
  });
});

describe('at least so many dB', () => {
  it.each([18, 20, 25, 30])('%d: is reached with the least quality that does', async (minPsnr) => {
    const { analysed, codec, errorOf } = madeUpCodec();
    const pel = await searchQuality(analysed, codec, { target: { minPsnr }, truth, orNearest: false });
    const reaches = (quality: number) => 20 * Math.log10(255 / errorOf(quality)) >= minPsnr;
    expect(readPel(pel).header.quality).toBe(steps.find(reaches));
  });

  it('that no quality reaches is an error that names the most', async () => {
    const { analysed, codec } = madeUpCodec();
    const options = { target: { minPsnr: 60 }, truth, orNearest: false };
    const refusal = { code: 'TARGET_UNREACHABLE', message: expect.stringContaining('48.13 dB') as string };
    await expect(searchQuality(analysed, codec, options)).rejects.toMatchObject(refusal);
  });
});

it('tells how far it is, and stops when it is told to', async () => {
  const { analysed, codec } = madeUpCodec();
  const seen: Progress[] = [];
  const controller = new AbortController();
  const onProgress = (progress: Progress) => {
    seen.push(progress);
    if (progress.completed === 3) controller.abort();
  };
  const target = { maxBytes: 5000 };
  const options = { target, truth: noTruth, orNearest: false, signal: controller.signal, onProgress };
  await expect(searchQuality(analysed, codec, options)).rejects.toMatchObject({ code: 'ABORTED' });
  expect(seen.map(({ stage, completed }) => [stage, completed])).toEqual([1, 2, 3].map((n) => ['search', n]));
});
