import { describe, expect, test } from 'vitest';
import type { CallName } from '../../shared/params.ts';
import { parseCallName, parseParams } from './door.ts';

const settings = { mode: 'codec', sigma: 'auto', quality: 50, strength: 100 };
const region = { left: 0, top: 0, width: 8, height: 8 };

describe('parseParams', () => {
  test('takes what the contract describes and leaves out the rest', () => {
    const params = { imageId: 'a', settings: { ...settings, extra: 1 }, region, evil: true };
    expect(parseParams('restore.crop', params)).toEqual({ imageId: 'a', settings, region });
  });

  test.each<[CallName, unknown, string]>([
    ['image.close', null, 'Expected an object for the parameters of image.close but received null of type null.'],
    ['image.close', [], 'Expected an object for the parameters of image.close but received a list of 0 of type array.'],
    ['image.close', {}, 'Expected a text for imageId but received undefined of type undefined.'],
    [
      'image.close',
      { imageId: '' },
      'Expected a text of at least 1 characters for imageId but received "" of type string.',
    ],
    [
      'restore.run',
      { imageId: 'a', settings: { ...settings, quality: 0 } },
      'Expected a number of at least 1 for settings.quality but received 0 of type number.',
    ],
    [
      'restore.run',
      { imageId: 'a', settings: { ...settings, sigma: 'loud' } },
      'Expected "auto" or a finite number for settings.sigma but received "loud" of type string.',
    ],
    [
      'restore.run',
      { imageId: 'a', settings: { ...settings, sigma: Number.NaN } },
      'Expected "auto" or a finite number for settings.sigma but received NaN of type number.',
    ],
    [
      'restore.run',
      { imageId: 'a', settings: { ...settings, mode: 'both' } },
      'Expected "codec" or "denoise" for settings.mode but received "both" of type string.',
    ],
    [
      'restore.crop',
      { imageId: 'a', settings, region: { ...region, left: 1.5 } },
      'Expected a whole number for region.left but received 1.5 of type number.',
    ],
    [
      'image.open',
      { source: { bytes: 'abc', name: 'a.png' } },
      'Expected bytes for source.bytes but received "abc" of type string.',
    ],
    ['image.open', { source: { path: 5 } }, 'Expected a text for source.path but received 5 of type number.'],
    [
      'files.list',
      { paths: ['a', ''], recursive: true },
      'Expected a text of at least 1 characters for paths[1] but received "" of type string.',
    ],
    [
      'files.list',
      { paths: [], recursive: true },
      'Expected a list of at least 1 values for paths but received a list of 0 of type array.',
    ],
    [
      'train.start',
      { preset: 'codec', data: ['a'], name: 'a', budget: { steps: 1 }, resume: false, seed: 0, patch: 40 },
      'Expected a multiple of 16 for patch but received 40 of type number.',
    ],
    [
      'train.start',
      { preset: 'codec', data: ['a'], name: '../x', budget: { steps: 1 }, resume: false, seed: 0 },
      'Expected a text that matches /^[a-z0-9][a-z0-9-]{0,63}$/ for name but received "../x" of type string.',
    ],
    [
      'train.start',
      { preset: 'codec', data: ['a'], name: 'a', budget: { minutes: 0 }, resume: false, seed: 0 },
      'Expected a number of more than 0 for budget.minutes but received 0 of type number.',
    ],
  ])('%s %o: %s', (name, params, message) => {
    expect(() => parseParams(name, params)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message }));
  });
});

test.each(['', 'constructor', '__proto__', 'toString', 'image.Open', 'image.open\u0000'])(
  'no call has the name %j',
  (name) => {
    expect(() => parseCallName(name)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', subject: 'call' }));
  },
);
