import { invalidArgument } from '../shared/errors.ts';
import { iccChunk, insertPngChunks } from './png-chunks.ts';
import { previewOf, toPng } from './preview.ts';
import { sharp } from './sharp-runtime.ts';
import type { Pixels } from '../shared/pixels.ts';

/** One picture of a montage. */
export interface MontagePane {
  /** Heading above the picture. */
  title: string;
  /** Facts below it, one a line. */
  lines: string[];
  pixels: Pixels;
}

export interface MontageOptions {
  /** Widest and highest that a picture may be, in pixels; larger ones are made smaller, together. */
  maxPaneWidth?: number;
  maxPaneHeight?: number;
  /** Colour profile that all pixels are meant in. */
  icc?: Uint8Array | undefined;
}

const margin = 24;
const gap = 16;
const titleHeight = 40;
const lineHeight = 24;
const titleSize = 19;
const lineSize = 15;
const narrowestPane = 240;
const colours = { background: '#16181c', title: '#f4f5f7', line: '#a9b0bb', frame: '#2a2e35' } as const;
const fonts = 'Inter, Segoe UI, Helvetica Neue, Arial, Liberation Sans, DejaVu Sans, sans-serif';
/** Mean width of a letter in the fonts above, as a part of the font's size; wide enough for most headings. */
const letterWidth = 0.54;

interface Layout {
  pane: { width: number; height: number };
  width: number;
  height: number;
}

/**
 * Pictures side by side under their headings, as one PNG. All panes have the size of the first picture; a picture of
 * another size (that of a latent) is fitted into it, in hard squares where it is enlarged, so that its values show.
 *
 * @param panes at least one, from left to right
 */
export async function createMontage(panes: readonly MontagePane[], options: MontageOptions = {}): Promise<Uint8Array> {
  const [first] = panes;
  if (first === undefined) throw invalidArgument('panes', 'at least one picture', panes);
  const layout = layOut(panes, first.pixels, options);
  const overlays = await Promise.all(panes.map((pane) => fitPicture(pane.pixels, layout)));
  const pictures = overlays.map(({ png, width, height }, index) => ({
    input: Buffer.from(png),
    left: paneLeft(layout, index) + Math.floor((layout.pane.width - width) / 2),
    top: margin + titleHeight + Math.floor((layout.pane.height - height) / 2),
  }));
  const canvas = { width: layout.width, height: layout.height, channels: 3 as const, background: colours.background };
  const montage = await sharp({ create: canvas })
    .composite([{ input: Buffer.from(drawLabels(panes, layout)), left: 0, top: 0 }, ...pictures])
    .removeAlpha()
    .png({ compressionLevel: 6 })
    .toBuffer();
  return options.icc === undefined ? new Uint8Array(montage) : insertPngChunks(montage, [iccChunk(options.icc)]);
}

function layOut(panes: readonly MontagePane[], first: Pixels, options: MontageOptions): Layout {
  const { maxPaneWidth = 720, maxPaneHeight = 720 } = options;
  const scale = Math.min(1, maxPaneWidth / first.width, maxPaneHeight / first.height);
  const pane = {
    // A narrow picture still needs room for its heading.
    width: Math.max(narrowestPane, Math.round(first.width * scale)),
    height: Math.max(1, Math.round(first.height * scale)),
  };
  const lines = Math.max(...panes.map((candidate) => candidate.lines.length));
  return {
    pane,
    width: 2 * margin + panes.length * pane.width + (panes.length - 1) * gap,
    height: 2 * margin + titleHeight + pane.height + (lines === 0 ? 0 : 8 + lines * lineHeight),
  };
}

function paneLeft({ pane }: Layout, index: number): number {
  return margin + index * (pane.width + gap);
}

async function fitPicture(
  pixels: Pixels,
  { pane }: Layout,
): Promise<{ png: Uint8Array; width: number; height: number }> {
  const fitted = await previewOf(pixels, { maxWidth: pane.width, maxHeight: pane.height });
  const enlargement = Math.floor(Math.min(pane.width / fitted.width, pane.height / fitted.height));
  const shown = enlargement > 1 ? enlarge(fitted, enlargement) : fitted;
  return { png: await toPng(shown, 1), width: shown.width, height: shown.height };
}

function enlarge({ width, height, channels, data }: Pixels, factor: number): Pixels {
  const enlarged = new Uint8Array(data.length * factor * factor);
  let to = 0;
  for (let y = 0; y < height * factor; y++) {
    const row = Math.floor(y / factor) * width * channels;
    for (let x = 0; x < width * factor; x++) {
      const from = row + Math.floor(x / factor) * channels;
      for (let channel = 0; channel < channels; channel++) enlarged[to++] = data[from + channel] ?? 0;
    }
  }
  return { width: width * factor, height: height * factor, channels, data: enlarged };
}

function drawLabels(panes: readonly MontagePane[], layout: Layout): string {
  const { pane } = layout;
  const picturesTop = margin + titleHeight;
  const labels = panes.flatMap(({ title, lines }, index) => {
    const x = paneLeft(layout, index);
    const firstLine = picturesTop + pane.height + 8 + lineSize + 2;
    return [
      `<rect x="${x}" y="${picturesTop}" width="${pane.width}" height="${pane.height}" fill="${colours.frame}"/>`,
      drawText(title, {
        x,
        y: margin + titleSize,
        size: titleSize,
        weight: 600,
        fill: colours.title,
        width: pane.width,
      }),
      ...lines.map((line, row) => {
        const y = firstLine + row * lineHeight;
        return drawText(line, { x, y, size: lineSize, weight: 400, fill: colours.line, width: pane.width });
      }),
    ];
  });
  const size = `width="${layout.width}" height="${layout.height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${fonts}">${labels.join('')}</svg>`;
}

interface TextStyle {
  x: number;
  y: number;
  size: number;
  weight: number;
  fill: string;
  width: number;
}

function drawText(text: string, { x, y, size, weight, fill, width }: TextStyle): string {
  const shown = escapeXml(shorten(text, Math.floor(width / (size * letterWidth))));
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}">${shown}</text>`;
}

/** Cuts in the middle: of a file name both ends matter. */
function shorten(text: string, longest: number): string {
  const letters = [...text];
  if (letters.length <= longest) return text;
  const head = Math.ceil((longest - 1) / 2);
  const tail = longest - 1 - head;
  return `${letters.slice(0, head).join('')}…${tail > 0 ? letters.slice(-tail).join('') : ''}`;
}

/** Text for XML: a file name may hold anything, and control characters are not allowed even when escaped. */
function escapeXml(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- control characters are what this removes
      .replace(/[\0-\x1f\x7f\ud800-\udfff\ufffe\uffff]/gu, ' ')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}
