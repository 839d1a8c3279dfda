import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import type { DType, Value } from '../graph/graph.ts';
import { cast } from '../graph/operations.ts';
import { Session } from '../graph/session.ts';
import { MixedSum } from './mixed-sum.ts';

const shape = [2, 2];
const exact = Float32Array.of(1 + 2 ** -12, -3, 1000.25, 0);
const rounded = Float32Array.of(2 ** -10, 0.5, -0.25, -(2 ** -20));

async function run(build: (graph: Graph, exact: Value, rounded: Value) => Value): Promise<number[]> {
  const graph = new Graph();
  const inputs = { e: graph.placeholder('e', shape, 'float32'), r: graph.placeholder('r', shape, 'float32') };
  const output = build(graph, inputs.e, cast(graph, inputs.r, 'bfloat16'));
  graph.signature('run', { inputs, outputs: { output: cast(graph, output, 'float32') } });
  const session = await Session.load(graph);
  const values = Array.from(session.run('run', { e: exact, r: rounded })['output'] ?? []);
  session.dispose();
  return values;
}

function mixed(graph: Graph, summands: readonly (Value | MixedSum)[]): MixedSum {
  const sum = MixedSum.of(graph, summands);
  if (sum === undefined) throw new Error('Nothing is mixed.');
  return sum;
}

test('what was float32 is not rounded, however often bfloat16 is added', async () => {
  const sum = await run((graph, e, r) =>
    mixed(graph, [mixed(graph, [mixed(graph, [e, r]), r]), e]).valueIn(graph, 'float32'),
  );
  expect(sum).toEqual(Array.from(exact, (value, index) => Math.fround(2 * value + 2 * (rounded[index] as number))));
});

test('a layer in bfloat16 reads the sum to its precision', async () => {
  const sum = await run((graph, e, r) => mixed(graph, [r, e]).valueIn(graph, 'bfloat16'));
  sum.forEach((value, index) => {
    const whole = (exact[index] as number) + (rounded[index] as number);
    expect(Math.abs(value - whole)).toBeLessThanOrEqual(2 ** -7 * Math.abs(whole));
  });
});

test.each<[DType]>([['float32'], ['bfloat16']])('a sum of %s alone is none of two types', (type) => {
  const graph = new Graph();
  const value = cast(graph, graph.placeholder('x', shape, 'float32'), type);
  expect(MixedSum.of(graph, [value, value])).toBeUndefined();
});
