import { expect, test } from 'vitest';
import { FrameReader, lengthPrefix } from './frame-reader.ts';

function read(chunks: readonly Uint8Array[], maxFrameBytes = 1000): string[] {
  const frames: string[] = [];
  const reader = new FrameReader(maxFrameBytes, (frame) => frames.push(Buffer.from(frame).toString()));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

test('the length is four bytes, the most significant first', () => {
  expect([...lengthPrefix(0x01020304)]).toEqual([1, 2, 3, 4]);
});

test('several frames in one chunk come in order', () => {
  expect(read([bytes([0, 0, 0, 3], 'one', [0, 0, 0, 5], 'three')])).toEqual(['one', 'three']);
});

test('it does not matter where the stream is cut', () => {
  const stream = bytes([0, 0, 0, 3], 'one', [0, 0, 0, 0], [0, 0, 0, 1], '2', [0, 0, 0, 5], 'three');
  for (let size = 1; size <= stream.length; size++) {
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, at) =>
      stream.subarray(at * size, (at + 1) * size),
    );
    expect(read(chunks)).toEqual(['one', '2', 'three']);
  }
});

test('a frame above the limit is passed over and the next one is read', () => {
  expect(read([bytes([0, 0, 0, 6], 'toobig', [0, 0, 0, 3], 'two')], 5)).toEqual(['two']);
});

test('a claimed length of 4 GB takes no memory', () => {
  const before = process.memoryUsage().arrayBuffers;
  expect(read([bytes([0xff, 0xff, 0xff, 0xff], 'and then nothing comes')])).toEqual([]);
  expect(read([bytes([0x1f, 0xff, 0xff, 0xff], 'nor here')], 2 ** 30)).toEqual([]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
});
