import { invalidArgument } from '../shared/errors.ts';
import { createMontage } from './montage.ts';
import type { MontageOptions, MontagePane } from './montage.ts';
import { sharp } from './sharp-runtime.ts';

/** Most pixels of a side of the whole; beyond it viewers give up. */
const longestSidePx = 30_000;

/**
 * Montages below one another, one for each row of panes, as one PNG.
 * @throws {PellucidError} INVALID_ARGUMENT without rows, or for more than fit into one picture
 */
export async function createMontageRows(
  rows: readonly { panes: readonly MontagePane[]; options: MontageOptions }[],
): Promise<Uint8Array> {
  const montages: Uint8Array[] = [];
  for (const { panes, options } of rows) montages.push(await createMontage(panes, options));
  const [first] = montages;
  if (first === undefined) throw invalidArgument('rows', 'at least one row of pictures', rows);
  if (montages.length === 1) return first;
  const sizes = await Promise.all(montages.map((png) => sharp(png).metadata()));
  const height = sizes.reduce((total, size) => total + size.height, 0);
  if (height > longestSidePx)
    throw invalidArgument('rows', `pictures of at most ${longestSidePx} pixels in height together`, rows);
  const tops = sizes.map((_, index) => sizes.slice(0, index).reduce((total, size) => total + size.height, 0));
  const corner = await sharp(first).extract({ left: 0, top: 0, width: 1, height: 1 }).removeAlpha().raw().toBuffer();
  const [r = 0, g = 0, b = 0] = corner;
  const width = Math.max(...sizes.map((size) => size.width));
  const canvas = { width, height, channels: 3 as const, background: { r, g, b } };
  const layers = montages.map((png, index) => ({ input: Buffer.from(png), left: 0, top: tops[index] ?? 0 }));
  return await sharp({ create: canvas, limitInputPixels: false }).composite(layers).png().toBuffer();
}
