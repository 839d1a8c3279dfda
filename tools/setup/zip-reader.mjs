import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

/**
 * The part of PKWARE's APPNOTE that Python wheels use: stored and deflated members, one disk, no zip64, no encryption.
 * Members are streamed, because TensorFlow's library alone is 788 MB.
 */

/** @import { FileHandle } from 'node:fs/promises' */

/**
 * @typedef {object} ZipMember
 * @property {string} name path inside the archive, with forward slashes
 * @property {number} method 0 stored, 8 deflated
 * @property {number} crc
 * @property {number} packedBytes
 * @property {number} bytes
 * @property {number} headerOffset
 */

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const zip64Marker = 0xffffffff;

/**
 * Takes chosen members out of a zip file.
 * @param {string} archive path of the zip file
 * @param {(name: string) => string | undefined} placeOf path for a member relative to `folder`, undefined to leave it
 * @param {string} folder created where it is missing
 * @returns {Promise<string[]>} the relative paths written
 * @throws {Error} when the archive is damaged, or a path would leave `folder`
 */
export async function extractMembers(archive, placeOf, folder) {
  const file = await open(archive);
  try {
    const written = [];
    for (const member of await readDirectory(file, archive)) {
      const place = member.name.endsWith('/') ? undefined : placeOf(member.name);
      if (place === undefined) continue;
      const target = path.resolve(folder, place);
      if (!target.startsWith(path.resolve(folder) + path.sep)) throw damaged(archive, `${place} leaves the folder`);
      await mkdir(path.dirname(target), { recursive: true });
      await extractMember(file, archive, member, target);
      written.push(place);
    }
    return written;
  } finally {
    await file.close();
  }
}

/** @param {FileHandle} file @param {string} archive @returns {Promise<ZipMember[]>} */
async function readDirectory(file, archive) {
  const { size } = await file.stat();
  const tail = await readAt(file, archive, Math.max(0, size - endBytes - 0xffff), Math.min(size, endBytes + 0xffff));
  let end = tail.length - endBytes;
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < 0) throw damaged(archive, 'its directory is missing');
  const count = tail.readUInt16LE(end + 10);
  const directory = await readAt(file, archive, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const members = [];
  for (let at = 0; members.length < count;) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== entrySignature) {
      throw damaged(archive, 'its directory ends early');
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    const member = {
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
    };
    if ([member.bytes, member.packedBytes, member.headerOffset].includes(zip64Marker)) {
      throw damaged(archive, `${member.name} needs zip64, which is not supported here`);
    }
    members.push(member);
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

/** @param {FileHandle} file @param {string} archive @param {ZipMember} member @param {string} target */
async function extractMember(file, archive, member, target) {
  const header = await readAt(file, archive, member.headerOffset, 30);
  if (header.readUInt32LE(0) !== localSignature) throw damaged(archive, `${member.name} has no header`);
  if (member.method !== 0 && member.method !== 8) {
    throw damaged(archive, `${member.name} uses compression method ${member.method}`);
  }
  const start = member.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  let crc = 0;
  let bytes = 0;
  const check = new Transform({
    transform(chunk, _encoding, done) {
      crc = crc32(chunk, crc);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  // A range of no bytes cannot be asked of a stream.
  const packed =
    member.packedBytes === 0
      ? []
      : createReadStream(archive, { start, end: start + member.packedBytes - 1, highWaterMark: 1 << 20 });
  const sink = createWriteStream(target, { highWaterMark: 1 << 20 });
  if (member.method === 0) await pipeline(packed, check, sink);
  else await pipeline(packed, createInflateRaw({ chunkSize: 1 << 18 }), check, sink);
  if (crc !== member.crc || bytes !== member.bytes)
    throw damaged(archive, `${member.name} does not match its checksum`);
}

/** @param {FileHandle} file @param {string} archive @param {number} position @param {number} length */
async function readAt(file, archive, position, length) {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw damaged(archive, 'it is cut short');
  return buffer;
}

/** @param {string} archive @param {string} why */
function damaged(archive, why) {
  return new Error(`The archive ${path.basename(archive)} cannot be read: ${why}. Delete it and try again.`);
}
