import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extractMembers } from './zip-reader.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-zip-'));
});
afterEach(() => rm(folder, { recursive: true }));

const text = new TextEncoder().encode('lossless '.repeat(5000));

async function archiveOf(members: Parameters<typeof zipSync>[0]): Promise<string> {
  const file = path.join(folder, 'archive.zip');
  await writeFile(file, zipSync(members));
  return file;
}

describe('extractMembers', () => {
  it('takes out deflated, stored and empty members, and nothing that was not asked for', async () => {
    const archive = await archiveOf({
      'a/deflated.txt': [text, { level: 9 }],
      'a/stored.txt': [text, { level: 0 }],
      'a/empty.txt': new Uint8Array(0),
      'b/unwanted.txt': text,
    });
    const out = path.join(folder, 'out');
    const written = await extractMembers(archive, (name) => (name.startsWith('a/') ? name.slice(2) : undefined), out);
    expect(written.sort()).toEqual(['deflated.txt', 'empty.txt', 'stored.txt']);
    expect(new Uint8Array(await readFile(path.join(out, 'deflated.txt')))).toEqual(text);
    expect(new Uint8Array(await readFile(path.join(out, 'stored.txt')))).toEqual(text);
    expect((await readFile(path.join(out, 'empty.txt'))).length).toBe(0);
  });

  it('refuses a member whose bytes have changed', async () => {
    const archive = await archiveOf({ 'stored.txt': [text, { level: 0 }] });
    const bytes = await readFile(archive);
    bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
    await writeFile(archive, bytes);
    await expect(extractMembers(archive, (name) => name, folder)).rejects.toThrow('does not match its checksum');
  });

  it('refuses an archive that is cut short', async () => {
    const archive = await archiveOf({ 'stored.txt': text });
    await writeFile(archive, (await readFile(archive)).subarray(0, -30));
    await expect(extractMembers(archive, (name) => name, folder)).rejects.toThrow('cannot be read');
  });

  it('refuses to write outside the folder', async () => {
    const archive = await archiveOf({ 'x.txt': text });
    await expect(extractMembers(archive, () => '../escaped.txt', path.join(folder, 'out'))).rejects.toThrow('leaves');
  });
});
