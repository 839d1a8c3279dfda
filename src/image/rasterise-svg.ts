import { sharp } from './sharp-runtime.ts';

/** Dots per inch of librsvg at which one unit of an SVG picture is one pixel. */
const unitDensity = 72;

/** A picture of our own in SVG as PNG, with `scale` pixels for each of its units. */
export async function rasteriseSvg(svg: string, scale: number): Promise<Uint8Array> {
  const png = await sharp(Buffer.from(svg), { density: scale * unitDensity })
    .png()
    .toBuffer();
  return new Uint8Array(png);
}
