import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import type { LibraryPhoto } from './library.ts';
import { sortInto, sortPhotos, sortTable } from './sort-photos.ts';

const { signal } = new AbortController();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-sort-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Photos whose codes lie on two sides, even ones on the one and odd ones on the other. */
function library(names: readonly string[]) {
  const { normal } = createRandom(2, 0);
  const photos = names.map((name): LibraryPhoto => {
    const path = join(folder, 'photos', name);
    return { name, path, sizeBytes: 1, label: null, psnr: 30, detailBytes: 1 };
  });
  const codes = Float32Array.from(names.flatMap((_, index) => [(index % 2 ? 1 : -1) + normal() / 5, normal() / 5]));
  return { photos, codes, codeLength: 2 };
}

const twelve = library.bind(
  null,
  Array.from({ length: 12 }, (_, index) => `${index}.jpg`),
);
const classes = [
  { name: 'even', indices: [0, 2, 4] },
  { name: 'odd', indices: [1, 3, 5] },
];

describe('sorting with few labels', () => {
  it('gives each photo a class and a confidence, and keeps the ones that were given', async () => {
    for (const method of ['linear', 'network'] as const) {
      const given = [
        { name: 'even', indices: [0, 2, 4] },
        { name: 'odd', indices: [1, 3, 5, 6] },
      ];
      const sorted = await sortPhotos(twelve(), { classes: given, method, seed: 1 }, { signal });
      expect(sorted.labels).toEqual([0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1]);
      expect(sorted.confidences.slice(0, 7)).toEqual([1, 1, 1, 1, 1, 1, 1]);
      for (const confidence of sorted.confidences) expect(confidence).toBeGreaterThanOrEqual(0.5);
    }
  });

  it('refuses a photo that is in two classes', async () => {
    const both = [...classes, { name: 'both', indices: [3] }];
    await expect(sortPhotos(twelve(), { classes: both, method: 'linear', seed: 1 }, { signal })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      subject: 'classes',
    });
  });

  it('writes a table', () => {
    const { bytes } = sortTable(library(['a,b.jpg', 'c.jpg']), {
      ...{ classes: ['even', 'odd'], labels: [0, 1], confidences: [1, 0.87654] },
    });
    const photos = join(folder, 'photos');
    expect(new TextDecoder().decode(bytes)).toBe(
      `name,class,confidence\n"${join(photos, 'a,b.jpg')}",even,1\n${join(photos, 'c.jpg')},odd,0.8765\n`,
    );
  });

  it('copies into folders, replaces nothing, and says what could not be copied', async () => {
    const photos = join(folder, 'photos');
    await mkdir(photos);
    for (const name of ['0.jpg', '1.jpg', '2.jpg']) await writeFile(join(photos, name), name);
    await mkdir(join(folder, 'out', 'even'), { recursive: true });
    await writeFile(join(folder, 'out', 'even', '0.jpg'), 'another one');
    const into = {
      classes: [
        { name: 'even', indices: [0, 2, 4] },
        { name: 'odd', indices: [1] },
      ],
    };
    for (const time of [1, 2]) {
      const { copied, failed } = await sortInto(twelve(), { ...into, folder: join(folder, 'out') }, { signal });
      expect([time, ...copied]).toEqual([
        time,
        join(folder, 'out', 'even', '0-2.jpg'),
        join(folder, 'out', 'even', '2.jpg'),
        join(folder, 'out', 'odd', '1.jpg'),
      ]);
      expect(failed).toMatchObject([{ path: join(photos, '4.jpg'), code: 'FILE_NOT_FOUND' }]);
    }
    expect(await readFile(join(folder, 'out', 'even', '0.jpg'), 'utf8')).toBe('another one');
    expect((await readdir(join(folder, 'out', 'even'))).toSorted()).toEqual(['0-2.jpg', '0.jpg', '2.jpg']);
    expect((await readdir(photos)).toSorted()).toEqual(['0.jpg', '1.jpg', '2.jpg']);
  });
});
