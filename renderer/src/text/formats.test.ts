import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { Formats } from './formats.ts';
import { zh } from './zh.ts';

describe('Formats', () => {
  const formats = new Formats(en);

  it('writes sizes in decimal units with three figures', () => {
    expect([999, 1000, 38_412, 99_949, 99_950, 999_499, 999_500, 2_345_678].map((size) => formats.bytes(size))).toEqual(
      ['999 B', '1.0 KB', '38.4 KB', '99.9 KB', '100 KB', '999 KB', '1.0 MB', '2.3 MB'],
    );
  });

  it('writes the marks of an axis with the digits that tell them apart', () => {
    expect(formats.scale([26.5, 27, 27.5])).toEqual(['26.5', '27.0', '27.5']);
    expect(formats.scale([0, 1000, 2000])).toEqual(['0', '1,000', '2,000']);
    expect(formats.scale([0.0025, 0.005])).toEqual(['0.0025', '0.0050']);
    expect(formats.scale([30.25, 30.5])).toEqual(['30.25', '30.50']);
    expect(formats.scale([3])).toEqual(['3.00']);
  });

  it('writes durations in the two largest units', () => {
    expect([0.84, 9.94, 9.96, 59.4, 59.6, 190, 7500].map((seconds) => formats.duration(seconds))).toEqual([
      '0.8 s',
      '9.9 s',
      '10 s',
      '59 s',
      '1 min 0 s',
      '3 min 10 s',
      '2 h 5 min',
    ]);
    expect(new Formats(zh).duration(190)).toBe('3 分 10 秒');
  });
});

describe('the languages', () => {
  it('leave no sentence empty', () => {
    expect(emptyTexts(en)).toEqual([]);
    expect(emptyTexts(zh)).toEqual([]);
  });

  it('say the same numbers and names', () => {
    expect(zh.queue.skipped(3)).toContain('3');
    expect(zh.errors.NOT_AN_IMAGE('猫.png', '')).toContain('猫.png');
    expect(en.errors.NOT_AN_IMAGE('cat.png', 'cat.png is not a picture.')).toBe('cat.png is not a picture.');
  });
});

function emptyTexts(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => emptyTexts(inner, `${path}.${key}`));
}
