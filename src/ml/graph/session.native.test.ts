import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { tensorFlow } from '../runtime/tensorflow.ts';
import { Graph } from './graph.ts';
import { divideBy } from './operations.ts';
import { SessionCache } from './session-cache.ts';
import { Session } from './session.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Divides [size] floats by two. */
function halvingGraph(size: number): Graph {
  const graph = new Graph();
  const input = graph.placeholder('whole', [size], 'float32');
  graph.signature('halve', { inputs: { whole: input }, outputs: { half: divideBy(graph, input, 2) } });
  return graph;
}

async function halveAndForget(): Promise<void> {
  const session = await Session.load(halvingGraph(2));
  expect(session.run('halve', { whole: Float32Array.of(1, 3) })).toEqual({ half: Float32Array.of(0.5, 1.5) });
}

const loadedGraphs = (): number => tensorFlow().node.getNumOfSavedModels();

test('a session that nobody holds any more leaves nothing in TensorFlow', async () => {
  const before = loadedGraphs();
  await halveAndForget();
  expect(loadedGraphs()).toBe(before + 1);
  await vi.waitFor(async () => {
    collectGarbage();
    await setImmediate();
    expect(loadedGraphs()).toBe(before);
  });
});

test('a cache of sessions holds few, whatever number of shapes there is', async () => {
  const before = loadedGraphs();
  const cache = new SessionCache((height, width) => halvingGraph(height * width));
  for (let width = 1; width <= 9; width += 1) await cache.get(2, width);
  expect(loadedGraphs()).toBe(before + 4);
  cache.dispose();
  await vi.waitFor(() => expect(loadedGraphs()).toBe(before));
});
