import { expect, test } from 'vitest';
import { splitPhotos } from './split-photos.ts';

function files(folder: string, count: number): { path: string }[] {
  return Array.from({ length: count }, (_, index) => ({ path: `${folder}/photo-${index}.jpg` }));
}
const names = (list: { path: string }[]) => list.map(({ path }) => path.split('/').at(-1));

test('every photo is on exactly one side', () => {
  const all = files('/photos', 30);
  const { training, validation } = splitPhotos(all, { seed: 1, roots: ['/photos'] });
  expect(validation).toHaveLength(6);
  expect(new Set([...training, ...validation]).size).toBe(30);
  expect(training).toHaveLength(24);
});

test('holds out one of two and never more than twelve', () => {
  expect(splitPhotos(files('/photos', 2), { seed: 1, roots: ['/photos'] }).validation).toHaveLength(1);
  expect(splitPhotos(files('/photos', 1000), { seed: 1, roots: ['/photos'] }).validation).toHaveLength(12);
});

test('does not depend on the order of the files or on where the folder lies', () => {
  const here = splitPhotos(files('/here', 40), { seed: 7, roots: ['/here'] });
  const there = splitPhotos(files('/there/deep', 40).reverse(), { seed: 7, roots: ['/other', '/there/deep'] });
  expect(names(there.validation)).toEqual(names(here.validation));
});

test('another seed makes another split', () => {
  const one = splitPhotos(files('/photos', 40), { seed: 1, roots: ['/photos'] });
  const two = splitPhotos(files('/photos', 40), { seed: 2, roots: ['/photos'] });
  expect(names(one.validation)).not.toEqual(names(two.validation));
});

test('a run that goes on holds out what it held out before, in the order that it had', () => {
  const all = files('/photos', 40);
  const options = { seed: 3, roots: ['/photos'] };
  const before = splitPhotos(all, options);
  const heldOut = before.validation.map(({ path }) => path);
  expect(splitPhotos(all, { ...options, heldOut })).toEqual(before);
  const more = splitPhotos([...all, ...files('/photos/new', 40)], { ...options, heldOut });
  expect(more.validation).toEqual(before.validation);
  expect(more.training).toHaveLength(72);
  // Photos that are gone altogether cannot be held out: the split is made anew.
  expect(splitPhotos(all, { ...options, heldOut: ['/photos/gone.jpg'] })).toEqual(before);
});
