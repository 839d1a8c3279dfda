import { firstDirectoryAt, firstInteger, openTiff, readDirectory } from './tiff-directory.ts';

const tags = { newSubfileType: 0x00fe, make: 0x010f, subDirectories: 0x014a, dngVersion: 0xc612 } as const;

/**
 * True for camera raw files that are built on TIFF (DNG, NEF, ARW, PEF and others): their first directory holds a small
 * preview, which would be taken for the photo. DNG says so itself (DNG 1.7, chapter 4); the others have a camera's
 * name, a first directory that is marked as a reduced picture, and the sensor's data in a subdirectory.
 */
export function isRawPhoto(bytes: Uint8Array): boolean {
  const reader = openTiff(bytes);
  const main = reader && readDirectory(reader, firstDirectoryAt(reader));
  if (reader === undefined || main === undefined) return false;
  const find = (wanted: number) => main.entries.find(({ tag }) => tag === wanted);
  if (find(tags.dngVersion) !== undefined) return true;
  const isReduced = ((firstInteger(reader, find(tags.newSubfileType)) ?? 0) & 1) === 1;
  return isReduced && find(tags.make) !== undefined && find(tags.subDirectories) !== undefined;
}
