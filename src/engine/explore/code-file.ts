import type { ExportedFile } from '../../shared/contract.ts';
import type { Library } from './library.ts';

/**
 * The codes of pictures as a file: CSV with the names, or an array [pictures, codeLength] of little-endian float32 in
 * NumPy's format 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 * @param indices pictures, in the order of the file; all when absent
 */
export function codeFile(
  library: Pick<Library, 'codes' | 'codeLength' | 'photos'>,
  format: 'csv' | 'npy',
  indices: readonly number[] | undefined,
): ExportedFile {
  const { codes, codeLength, photos } = library;
  const chosen = indices ?? [...photos.keys()];
  const rows = chosen.map((index) => codes.subarray(index * codeLength, (index + 1) * codeLength));
  if (format === 'npy') {
    return { bytes: npyBytes(rows, codeLength), suggestedName: 'codes.npy', mediaType: 'application/octet-stream' };
  }
  const header = ['name', ...Array.from({ length: codeLength }, (_, at) => `c${at}`)].join(',');
  const lines = rows.map((row, place) => {
    const photo = photos[chosen[place] ?? -1];
    return [csvField(photo?.path ?? photo?.name ?? ''), ...row.map(rounded)].join(',');
  });
  const bytes = new TextEncoder().encode([header, ...lines, ''].join('\n'));
  return { bytes, suggestedName: 'codes.csv', mediaType: 'text/csv' };
}

/** A field of CSV (RFC 4180). */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Seven digits tell a float32 from its neighbours well enough for a table. */
function rounded(value: number): number {
  return Number(value.toPrecision(7));
}

function npyBytes(rows: readonly Float32Array[], length: number): Uint8Array {
  const shape = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${length}), }`;
  // Magic, version and the length of the header come before it; all together fill whole blocks of 64 bytes.
  const headerLength = Math.ceil((10 + shape.length + 1) / 64) * 64 - 10;
  const header = `${shape.padEnd(headerLength - 1)}\n`;
  const bytes = new Uint8Array(10 + headerLength + 4 * rows.length * length);
  bytes.set([0x93, ...Buffer.from('NUMPY'), 1, 0, headerLength % 256, Math.floor(headerLength / 256)]);
  bytes.set(Buffer.from(header), 10);
  const view = new DataView(bytes.buffer);
  let at = 10 + headerLength;
  for (const row of rows) for (const value of row) view.setFloat32((at += 4) - 4, value, true);
  return bytes;
}
