import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { readPel } from '../../src/codec/read-pel.ts';
import { encodePhoto } from '../../src/image/encode-photo.ts';
import { readPhoto } from '../../src/image/read-photo.ts';

/** The files among which chaos happens, and what may be said of them afterwards. */
export interface World {
  /** Photos that must never change. */
  photos: string;
  /** Copies of the photos that come and go. */
  guests: string;
  /** Results that must never be lost, changed or cut off. */
  results: string;
  /** Results that are written over and over. */
  rewritten: string;
  /** Results in a folder that comes and goes. */
  fleeting: string;
  /** A small disk that is full at times; null where this process may not mount one. */
  smallDisk: string | null;
  data: string;
  names: readonly string[];
}

const smallDiskBytes = 600_000;

export async function makeWorld(root: string, photoCount: number): Promise<World> {
  const [photos, guests, results, rewritten, fleeting, disk, data] = [
    ...['photos', 'guests', 'results', 'rewritten', 'fleeting', 'disk', 'data'],
  ].map((name) => join(root, name)) as [string, string, string, string, string, string, string];
  for (const folder of [photos, guests, results, rewritten, fleeting, disk]) await mkdir(folder, { recursive: true });
  const names: string[] = [];
  for (let index = 0; index < photoCount; index++) {
    const name = `photo-${String(index).padStart(3, '0')}.png`;
    await writeFile(join(photos, name), await makePhoto(index));
    names.push(name);
  }
  const world: World = { ...{ photos, guests, results, rewritten, fleeting, data, names }, smallDisk: mount(disk) };
  await bringGuests(world);
  return world;
}

/** Takes the small disk away again. */
export function leaveWorld({ smallDisk }: World): void {
  if (smallDisk !== null) execFileSync('umount', [smallDisk]);
}

export async function bringGuests({ photos, guests, names }: World): Promise<void> {
  await mkdir(guests, { recursive: true });
  for (const name of names.slice(0, 8)) await copyFile(join(photos, name), join(guests, name));
}

/** Leaves no room on the small disk, or makes it all free again. */
export async function fillDisk({ smallDisk }: World, isFull: boolean): Promise<void> {
  if (smallDisk === null) return;
  const filler = join(smallDisk, '.filler');
  if (isFull) await writeFile(filler, new Uint8Array(smallDiskBytes)).catch(() => undefined);
  else await rm(filler, { force: true });
}

/** SHA-256 of every file of a folder by name; hidden ones, which are unfinished by their name, are left out. */
export async function hashesOf(folder: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const name of await namesIn(folder)) hashes.set(name, await hashOf(join(folder, name)));
  return hashes;
}

export async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** Files of a folder under their final names that are not whole. */
export async function brokenFilesIn(folder: string): Promise<string[]> {
  const broken: string[] = [];
  for (const name of await namesIn(folder)) {
    const file = join(folder, name);
    await assertWhole(file).catch((error: unknown) => broken.push(`${file}: ${String(error)}`));
  }
  return broken;
}

/** Unfinished files under hidden names, which a killed process leaves behind. */
export async function litterIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith('.') && name !== '.filler').length;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();
}

async function assertWhole(file: string): Promise<void> {
  const bytes = new Uint8Array(await readFile(file));
  if (extname(file) === '.pel') readPel(bytes);
  else await readPhoto({ bytes, name: basename(file) });
}

async function makePhoto(index: number): Promise<Uint8Array> {
  const [width, height] = [96 + (index % 5) * 24, 64 + (index % 3) * 32];
  const data = new Uint8Array(width * height * 3);
  for (let at = 0, noise = index + 1; at < data.length; at++) {
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) >>> 0;
    data[at] = 96 + 60 * Math.sin(at / (200 + index)) + ((noise >>> 16) % 48);
  }
  return await encodePhoto({ pixels: { width, height, channels: 3, data }, metadata: {} }, { format: 'png' });
}

function mount(folder: string): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${smallDiskBytes}`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    return null;
  }
}
