import { expect, test } from 'vitest';
import { centreCrop, toRgbPhoto } from './rgb-photo.ts';

test('grey is repeated on three channels', () => {
  const photo = toRgbPhoto({ width: 2, height: 1, channels: 1, data: Uint8Array.of(3, 250) });
  expect([...photo.data]).toEqual([3, 3, 3, 250, 250, 250]);
});

test('16-bit samples are scaled so that white stays white, and rounded', () => {
  const data = Uint16Array.of(0, 128, 129, 65535, 257, 65406);
  const photo = toRgbPhoto({ width: 2, height: 1, channels: 3, data });
  expect([...photo.data]).toEqual([0, 0, 1, 255, 1, 254]);
});

test('the crop keeps the middle, with sides that are a multiple', () => {
  const data = new Uint8Array(7 * 5 * 3);
  for (let pixel = 0; pixel < 35; pixel++) data.fill(pixel, pixel * 3, pixel * 3 + 3);
  const crop = centreCrop({ width: 7, height: 5, data }, 4, 2);
  expect([crop.width, crop.height]).toEqual([4, 4]);
  // (7 - 4) / 2 rounds down to 1, (5 - 4) / 2 to 0.
  expect([crop.data[0], crop.data[4 * 3], crop.data[crop.data.length - 1]]).toEqual([1, 8, 25]);
});
