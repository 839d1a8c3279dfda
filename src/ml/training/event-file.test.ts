import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EventFile } from './event-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pellucid-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function written(): Promise<Buffer> {
  const [name = ''] = await readdir(folder);
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  return await readFile(join(folder, name));
}

it('begins with the version record that TensorFlow itself writes', async () => {
  const file = await EventFile.create(folder, 0);
  await file.close();
  const bytes = await written();
  // A record of 26 bytes; the checksum of that length is the one at the start of every event file of TensorFlow
  // whose first record is as long: 18 00 00 00 00 00 00 00 a3 7f 4b 22 for 24 bytes, without the step's two.
  expect(bytes.readUInt32LE(0)).toBe(26);
  expect(bytes.toString('latin1', 12, 38)).toContain('brain.Event:2');
});

it('checks its records with the masked CRC-32C of RFC 3720', async () => {
  const file = await EventFile.create(folder, 7);
  await file.scalars(300, { loss: 0.5 });
  await file.close();
  const bytes = await written();
  let position = 0;
  const records: Buffer[] = [];
  while (position < bytes.length) {
    const length = bytes.readUInt32LE(position);
    const data = bytes.subarray(position + 12, position + 12 + length);
    expect(bytes.readUInt32LE(position + 8)).toBe(masked(bytes.subarray(position, position + 8)));
    expect(bytes.readUInt32LE(position + 12 + length)).toBe(masked(data));
    records.push(data);
    position += 16 + length;
  }
  expect(records).toHaveLength(3);
  // wall_time (field 1, double), step 300 (field 2, varint ac 02), summary (5) { value (1) { tag "loss", 0.5f } }
  expect(records[2]?.subarray(9).toString('hex')).toBe(`10ac02${'2a0d0a0b'}${'0a046c6f7373'}${'150000003f'}`);
});

/** CRC-32C bit by bit, as RFC 3720 defines it: 32 bytes of zeros give 8a9136aa. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function masked(bytes: Uint8Array): number {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
