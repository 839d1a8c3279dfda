import { expect, test } from 'vitest';
import { codeFile } from './code-file.ts';
import type { LibraryPhoto } from './library.ts';

const photo = (path: string): LibraryPhoto => ({
  ...{ name: path, path, sizeBytes: 1, label: null },
  ...{ psnr: 30, detailBytes: null },
});
const library = { photos: [photo('a.jpg'), photo('b, "c".jpg')], codeLength: 2, codes: Float32Array.of(1, -0.5, 3, 4) };

test('a table has a row for each photo', () => {
  const { bytes, suggestedName } = codeFile(library, 'csv', undefined);
  expect(suggestedName).toBe('codes.csv');
  expect(Buffer.from(bytes).toString()).toBe('name,c0,c1\na.jpg,1,-0.5\n"b, ""c"".jpg",3,4\n');
});

test('an array is as NumPy writes it', () => {
  const { bytes } = codeFile(library, 'npy', [1]);
  // numpy.save of numpy.array([[3, 4]], dtype='<f4'), NumPy 2.3.
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
  const expected = [Buffer.from([0x93]), Buffer.from('NUMPY'), Buffer.from([1, 0, 0x76, 0])];
  const values = Buffer.from([0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40]);
  expect(Buffer.from(bytes)).toEqual(Buffer.concat([...expected, Buffer.from(header.padEnd(0x75) + '\n'), values]));
});
