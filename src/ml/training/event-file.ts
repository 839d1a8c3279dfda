import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * TensorBoard's event files: records of tensorflow/core/lib/io/record_writer.h with messages of
 * tensorflow/core/util/event.proto and framework/summary.proto. tfjs-node's own writer knows no pictures and never
 * lets go of its file.
 */

/** CRC-32C (Castagnoli), which the records use: the remainders of all bytes for the reversed polynomial. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  return remainder;
});

function maskedCrc(bytes: Uint8Array): number {
  let remainder = -1;
  for (const byte of bytes) remainder = (remainder >>> 8) ^ (remainders[(remainder ^ byte) & 255] as number);
  const crc = ~remainder >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** One record: length and its checksum, the bytes and theirs. */
function recordOf(data: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(data.length, 0);
  head.writeUInt32LE(maskedCrc(head.subarray(0, 8)), 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(maskedCrc(data));
  return Buffer.concat([head, data, tail]);
}

/** The wire format of protocol buffers, as far as events need it. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

const bytesField = (field: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes]);
const integerField = (field: number, value: number): Buffer => Buffer.from([...varint(field << 3), ...varint(value)]);
const textField = (field: number, text: string): Buffer => bytesField(field, Buffer.from(text));

function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([Buffer.from(varint((field << 3) | 1)), bytes]);
}

function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([Buffer.from(varint((field << 3) | 5)), bytes]);
}

/** A PNG for TensorBoard; width and height stand in its header. */
function imageOf(png: Uint8Array): Buffer {
  const view = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  const size = [integerField(1, view.readUInt32BE(20)), integerField(2, view.readUInt32BE(16))];
  return Buffer.concat([...size, integerField(3, 3), bytesField(4, view)]);
}

/** Writes one event file of a run. */
export class EventFile {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Begins a file in an existing folder.
   * @param step what an earlier file of the folder has beyond this step is shown no more
   */
  static async create(folder: string, step: number): Promise<EventFile> {
    const time = Math.floor(Date.now() / 1000);
    const name = `events.out.tfevents.${String(time).padStart(10, '0')}.${hostname()}.${process.pid}.${step}`;
    const events = new EventFile(await open(join(folder, name), 'a'));
    await events.#write(0, textField(3, 'brain.Event:2'));
    // SessionLog with the status START.
    await events.#write(step, bytesField(7, integerField(1, 1)));
    return events;
  }

  async scalars(step: number, values: Readonly<Record<string, number>>): Promise<void> {
    const summaries = Object.entries(values).map(([tag, value]) =>
      bytesField(1, Buffer.concat([textField(1, tag), floatField(2, value)])),
    );
    await this.#write(step, bytesField(5, Buffer.concat(summaries)));
  }

  async picture(step: number, tag: string, png: Uint8Array): Promise<void> {
    const value = Buffer.concat([textField(1, tag), bytesField(4, imageOf(png))]);
    await this.#write(step, bytesField(5, bytesField(1, value)));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #write(step: number, content: Buffer): Promise<void> {
    const event = Buffer.concat([doubleField(1, Date.now() / 1000), integerField(2, step), content]);
    await this.#file.write(recordOf(event));
  }
}
