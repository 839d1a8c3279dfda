import type { Graph, Value } from './graph.ts';

/** Adds signatures `read` and `write` of every variable of the graph, named `v0`, `v1`, ... in the variables' order. */
export function writeStateSignatures(graph: Graph): void {
  const trigger = graph.placeholder('trigger', [], 'float32');
  const identity = { attributes: { T: { type: 'float32' } } } as const;
  const reads = graph.variables.map(({ handle, shape }, index): [string, Value] => {
    const value = graph.read(handle, shape, [trigger]);
    return [`v${index}`, graph.add('Identity', [value], shape, 'float32', identity)];
  });
  graph.signature('read', { inputs: { trigger }, outputs: Object.fromEntries(reads) });
  const writes = graph.variables.map(({ handle, shape }, index) => {
    const value = graph.placeholder(`v${index}`, shape, 'float32');
    return { name: `v${index}`, value, assigned: graph.assign(handle, value) };
  });
  const done = graph.add('Identity', [graph.scalar(0)], [], 'float32', {
    ...identity,
    controls: writes.map(({ assigned }) => assigned),
  });
  graph.signature('write', {
    inputs: Object.fromEntries(writes.map(({ name, value }) => [name, value])),
    outputs: { done },
  });
}
