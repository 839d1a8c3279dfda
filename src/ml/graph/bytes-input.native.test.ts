import { expect, it } from 'vitest';
import { Graph } from './graph.ts';
import { bytesInput, cast } from './operations.ts';
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
