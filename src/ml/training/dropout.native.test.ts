import { expect, it } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { Session } from '../graph/session.ts';
import { dropoutAfter } from './dropout.ts';

it('leaves out the part that it is told, keeps the mean, and depends on the seed alone', async () => {
  const graph = new Graph();
  const seed = graph.placeholder('seed', [2], 'int32');
  const after = dropoutAfter(graph, seed, 0.3, 'end');
  const ones = graph.constant(new Float32Array(20_000).fill(1), [200, 100]);
  const outputs = {
    first: after({ type: 'relu', name: 'a', input: 'x' }, ones),
    second: after({ type: 'relu', name: 'b', input: 'x' }, ones),
    end: after({ type: 'relu', name: 'end', input: 'x' }, ones),
    other: after({ type: 'sigmoid', name: 'c', input: 'x' }, ones),
  };
  graph.signature('run', { inputs: { seed }, outputs });
  const session = await Session.load(graph);
  const run = (step: number) => session.run('run', { seed: Int32Array.of(4, step) });
  const { first = [], second = [], end, other } = run(0);
  const zeros = Array.from(first).filter((value) => value === 0).length / first.length;
  expect(zeros).toBeGreaterThan(0.28);
  expect(zeros).toBeLessThan(0.32);
  expect(new Set(first).size).toBe(2);
  expect(Math.max(...first)).toBeCloseTo(1 / 0.7, 5);
  expect(first).not.toEqual(second);
  expect(end).toEqual(new Float32Array(20_000).fill(1));
  expect(other).toEqual(end);
  expect(run(0)['first']).toEqual(first);
  expect(run(1)['first']).not.toEqual(first);
  session.dispose();
});
