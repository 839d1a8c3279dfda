import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expandLists } from './list-file.ts';

test('a list stands for the files that it names, relative to itself; other paths stay', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pellucid-list-'));
  try {
    const list = join(folder, 'photos.TXT');
    await writeFile(list, '# of 2024\r\na.jpg\n\n  sub/b.png  \n/elsewhere/c.jpg\n');
    expect(await expandLists(['first', list])).toEqual([
      'first',
      join(folder, 'a.jpg'),
      join(folder, 'sub', 'b.png'),
      '/elsewhere/c.jpg',
    ]);
    await writeFile(list, '\n# nothing\n');
    await expect(expandLists([list])).rejects.toMatchObject({ code: 'EMPTY_FILE' });
    await expect(expandLists([join(folder, 'none.txt')])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
