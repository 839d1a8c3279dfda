import type { PhotoFormat } from '../shared/photo.ts';

/** What the first bytes of a file say that it is, whatever its name. */
export type Content =
  | { kind: 'photo'; format: PhotoFormat }
  /** A picture, a video or a document that is known and not read; `remedy` says what to do instead. */
  | { kind: 'unsupported'; what: string; remedy: string }
  | { kind: 'unknown'; what: string };

/** Bytes from the start of a file that {@link identifyContent} wants to see. */
export const signatureLength = 4096;

const rawRemedy = 'Develop it in a raw converter (darktable, RawTherapee, the camera maker’s own) and open the TIFF.';
const convertRemedy = 'Convert it to PNG, TIFF or JPEG first.';

interface Signature {
  what: string;
  remedy: string;
  /** Latin-1 text that must stand at `offset`. */
  magic: string;
  offset?: number;
}

const unsupported: Signature[] = [
  { what: 'a JPEG XL picture', remedy: convertRemedy, magic: '\xff\x0a' },
  { what: 'a JPEG XL picture', remedy: convertRemedy, magic: '\0\0\0\x0cJXL ' },
  { what: 'a JPEG 2000 picture', remedy: convertRemedy, magic: '\0\0\0\x0cjP  ' },
  { what: 'a JPEG 2000 picture', remedy: convertRemedy, magic: '\xff\x4f\xff\x51' },
  { what: 'a JPEG-LS picture', remedy: convertRemedy, magic: '\xff\xd8\xff\xf7' },
  { what: 'a Photoshop document', remedy: 'Save it as TIFF or PNG first.', magic: '8BPS' },
  { what: 'a PDF document', remedy: 'Export its pages as PNG or TIFF first.', magic: '%PDF' },
  { what: 'an OpenEXR picture', remedy: 'Convert it to 16-bit TIFF or PNG first.', magic: 'v/1\x01' },
  { what: 'a Radiance HDR picture', remedy: 'Convert it to 16-bit TIFF or PNG first.', magic: '#?RADIANCE' },
  { what: 'a FITS picture', remedy: 'Convert it to 16-bit TIFF first.', magic: 'SIMPLE  =' },
  { what: 'a Fujifilm raw photo', remedy: rawRemedy, magic: 'FUJIFILMCCD-RAW' },
  { what: 'a Panasonic raw photo', remedy: rawRemedy, magic: 'IIU\0' },
  { what: 'an Olympus raw photo', remedy: rawRemedy, magic: 'IIRO' },
  { what: 'an Olympus raw photo', remedy: rawRemedy, magic: 'IIRS' },
  { what: 'an Olympus raw photo', remedy: rawRemedy, magic: 'MMOR' },
  { what: 'a Canon raw photo', remedy: rawRemedy, magic: 'CR', offset: 8 },
  { what: 'a Sigma raw photo', remedy: rawRemedy, magic: 'FOVb' },
  { what: 'a Minolta raw photo', remedy: rawRemedy, magic: '\0MRM' },
  { what: 'a Matroska or WebM video', remedy: 'Export single frames as PNG first.', magic: '\x1a\x45\xdf\xa3' },
  { what: 'a Windows icon', remedy: convertRemedy, magic: '\0\0\x01\0' },
  { what: 'a gzip archive or a compressed SVG', remedy: 'Unpack it first.', magic: '\x1f\x8b' },
  { what: 'a ZIP archive', remedy: 'Unpack it first.', magic: 'PK\x03\x04' },
];

const unsupportedBrands: Record<string, string> = {
  'crx ': 'a Canon raw photo',
  'qt  ': 'a QuickTime video',
};
const heicBrands = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1', 'mif2']);

/**
 * Tells what a file is from its content alone.
 *
 * @param head the first {@link signatureLength} bytes of the file, or all of a shorter one
 */
export function identifyContent(head: Uint8Array): Content {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, signatureLength)).toString('latin1');
  const format = photoFormatOf(text);
  if (text.slice(4, 8) === 'ftyp') return identifyBrand(text);
  const known = unsupported.find(({ magic, offset }) => isUnsupported(text, magic, offset));
  if (known !== undefined) return { kind: 'unsupported', what: known.what, remedy: known.remedy };
  if (format !== undefined) return { kind: 'photo', format };
  return identifyRest(text);
}

function isUnsupported(text: string, magic: string, offset = 0): boolean {
  // `CR` at 8 means Canon only inside a TIFF.
  if (offset > 0 && !isTiff(text)) return false;
  return text.startsWith(magic, offset);
}

function isTiff(text: string): boolean {
  return ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text.slice(0, 4));
}

function photoFormatOf(text: string): PhotoFormat | undefined {
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif';
  return isTiff(text) ? 'tiff' : undefined;
}

/** ISO base media files: the major brand and the compatible brands of the `ftyp` box decide (ISO/IEC 14496-12, 4.3). */
function identifyBrand(text: string): Content {
  const size = Math.min(
    text.length,
    ((text.charCodeAt(0) << 24) | (text.charCodeAt(1) << 16) | (text.charCodeAt(2) << 8) | text.charCodeAt(3)) >>> 0,
  );
  const major = text.slice(8, 12);
  const brands = [major];
  for (let at = 16; at + 4 <= size; at += 4) brands.push(text.slice(at, at + 4));
  if (brands.includes('avif')) return { kind: 'photo', format: 'avif' };
  if (brands.includes('avis')) {
    return { kind: 'unsupported', what: 'an AVIF animation', remedy: 'Export single frames as PNG first.' };
  }
  const raw = unsupportedBrands[major];
  if (raw !== undefined && major === 'crx ') return { kind: 'unsupported', what: raw, remedy: rawRemedy };
  if (brands.some((brand) => heicBrands.has(brand))) {
    return {
      kind: 'unsupported',
      what: 'a HEIC photo',
      remedy: 'Export it as JPEG, PNG or TIFF (on a phone, choose “Most compatible” in the camera settings).',
    };
  }
  return { kind: 'unsupported', what: raw ?? 'a video', remedy: 'Export single frames as PNG first.' };
}

function identifyRest(text: string): Content {
  if (/^P[1-7][\s#]/.test(text)) return { kind: 'unsupported', what: 'a PNM picture', remedy: convertRemedy };
  if (text.startsWith('BM') && text.length >= 26 && [12, 40, 52, 56, 64, 108, 124].includes(text.charCodeAt(14))) {
    return { kind: 'unsupported', what: 'a BMP picture', remedy: convertRemedy };
  }
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'AVI ') {
    return { kind: 'unsupported', what: 'an AVI video', remedy: 'Export single frames as PNG first.' };
  }
  if (!looksLikeText(text)) return { kind: 'unknown', what: 'data of no known picture format' };
  if (/<svg[\s>]/i.test(text.replaceAll('\0', ''))) {
    return { kind: 'unsupported', what: 'an SVG drawing', remedy: 'Export it as PNG at the size you want.' };
  }
  return { kind: 'unknown', what: 'text' };
}

/** UTF-8, UTF-16 or Latin-1 text has no control characters but for white space; UTF-16 has zero bytes behind a mark. */
function looksLikeText(text: string): boolean {
  const isWide = text.startsWith('\xff\xfe') || text.startsWith('\xfe\xff');
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  return !(isWide ? /[\x01-\x08\x0e-\x1a]/ : /[\0-\x08\x0e-\x1a]/).test(text);
}
