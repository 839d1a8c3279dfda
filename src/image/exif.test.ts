import { describe, expect, it } from 'vitest';
import { exifOrientation, normaliseExif, stripGps } from './exif.ts';
import { buildExif } from './pictures.test-support.ts';

describe.each([true, false])('EXIF, little endian: %s', (littleEndian) => {
  const exif = buildExif({ orientation: 6, littleEndian, width: 40, height: 30 });

  it('is made upright with the new size, and its thumbnail is gone', () => {
    const normalised = Buffer.from(normaliseExif(exif, { width: 300, height: 400 }) ?? []);
    expect(exifOrientation(exif)).toBe(6);
    expect(exifOrientation(normalised)).toBe(1);
    const u32 = (at: number) => (littleEndian ? normalised.readUInt32LE(at) : normalised.readUInt32BE(at));
    expect([u32(102), u32(114)]).toEqual([300, 400]);
    expect(u32(58)).toBe(0);
    // The thumbnail was the last 50 of 300 bytes.
    expect(normalised.length).toBe(250);
    expect(normalised.includes(0xd8)).toBe(false);
  });

  it('keeps every other byte in its place', () => {
    const normalised = Buffer.from(normaliseExif(exif, { width: 40, height: 30 }) ?? []);
    expect(normalised.subarray(66, 210)).toEqual(exif.subarray(66, 210));
    expect(normalised.toString('latin1', 130, 146)).toBe('MakerNote secret');
  });

  it('loses its place and nothing else', () => {
    const stripped = Buffer.from(stripGps(exif));
    const u16 = (at: number) => (littleEndian ? stripped.readUInt16LE(at) : stripped.readUInt16BE(at));
    const u32 = (at: number) => (littleEndian ? stripped.readUInt32LE(at) : stripped.readUInt32BE(at));
    expect(u16(8)).toBe(3);
    expect([u16(10), u16(22), u16(34)]).toEqual([0x010f, 0x0112, 0x8769]);
    // The link to the thumbnail moved up with the entries.
    expect(u32(46)).toBe(210);
    expect(stripped.subarray(150, 206).every((value) => value === 0)).toBe(true);
    expect(stripped.toString('latin1', 130, 146)).toBe('MakerNote secret');
    expect(exif.readUInt8(182) + exif.readUInt8(185)).toBe(52);
  });
});

it('survives any damage to its bytes', () => {
  const exif = buildExif({ orientation: 3 });
  for (let at = 0; at < exif.length; at++) {
    for (const value of [0x00, 0x7f, 0xff]) {
      const damaged = Buffer.from(exif);
      damaged[at] = value;
      normaliseExif(damaged, { width: 1, height: 1 });
      stripGps(damaged);
    }
    normaliseExif(exif.subarray(0, at), { width: 1, height: 1 });
    stripGps(exif.subarray(0, at));
  }
  expect(normaliseExif(Buffer.from('no EXIF at all'), { width: 1, height: 1 })).toBeUndefined();
});
