import { expect, it } from 'vitest';
import { Graph } from './graph.ts';
import { cast } from './operations.ts';
import { bytesInput, packedInput, packedOutput } from './packed-values.ts';
import { Session } from './session.ts';

it.each([8, 7])('gives %d bytes as they were handed over, wherever they lie', async (size) => {
  const graph = new Graph();
  const { input, bytes } = bytesInput(graph, 'bytes', [size, 1]);
  graph.signature('run', { inputs: { input }, outputs: { values: cast(graph, bytes, 'float32') } });
  const session = await Session.load(graph);
  try {
    const all = Uint8Array.from({ length: 20 }, (_, i) => (37 * i + 200) % 256);
    for (const offset of [0, 3, 4]) {
      const part = all.subarray(offset, offset + size);
      expect(Array.from(session.run('run', { input: part })['values'] ?? [])).toEqual(Array.from(part));
    }
    expect(() => session.run('run', { input: all })).toThrow('received 20 values');
  } finally {
    session.dispose();
  }
});

it.each([6, 5])('takes and gives %d integers of 16 bits, the last word filled up with zeros', async (size) => {
  const graph = new Graph();
  const { input, values } = packedInput(graph, 'integers', [size], 'int16', 'float32');
  const outputs = { values, packed: packedOutput(graph, values, 'int16') };
  graph.signature('run', { inputs: { input }, outputs });
  const session = await Session.load(graph);
  const integers = Int16Array.of(-32768, 32767, -1, 0, 1000, 7).subarray(0, size);
  const results = session.run('run', { input: new Uint8Array(integers.buffer, 0, 2 * size) });
  session.dispose();
  expect(Array.from(results['values'] ?? [])).toEqual(Array.from(integers));
  const packed = results['packed'] as Int32Array;
  expect(packed).toHaveLength(3);
  expect(Array.from(new Int16Array(packed.buffer, packed.byteOffset, 6)).slice(0, size)).toEqual(Array.from(integers));
  if (size === 5) expect((packed[2] as number) >> 16).toBe(0);
});
