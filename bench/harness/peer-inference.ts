import { writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network, Weights } from '../../src/ml/layers/description.ts';
import { exportNetwork } from './export-network.ts';
import { Peer, preparePeers } from './peers.ts';
import type { Case } from './rounds.ts';
import type { SuiteContext } from './report.ts';

/** One of the product's inference graphs for a peer. */
export interface PeerGraph {
  /** `denoise`, `analyse` or `synthesise`, as in `bench/peers/network.py`. */
  network: 'denoise' | 'analyse' | 'synthesise';
  description: Network;
  weights: Weights;
  prefix?: string;
  /** NHWC or flat values with their shapes, in the order of the module's inputs. */
  inputs: readonly { values: Float32Array; shape: readonly number[] }[];
  /** What our own graph makes of them, for a check that the peer computes the same. */
  expected: Float32Array;
}

const variants = [
  { name: 'PyTorch float32', request: { kind: 'torch', dtype: 'float32' } },
  { name: 'PyTorch bfloat16', request: { kind: 'torch', dtype: 'bfloat16' } },
  { name: 'ONNX Runtime float32', request: { kind: 'onnx' } },
] as const;

/** A started peer process, or nothing and a note that says why. */
export async function startPeer(context: SuiteContext, notes: string[]): Promise<Peer | undefined> {
  const found = await preparePeers(context.say);
  if ('problem' in found) {
    notes.push(found.problem);
    return undefined;
  }
  const peer = Peer.start(found.python);
  const versions = Object.entries(await peer.versions()).map(([name, version]) => `${name} ${version}`);
  notes.push(`Peers: ${versions.join(', ')}.`);
  return peer;
}

/**
 * Cases `NAME: PyTorch float32` and so on for the same graph, weights and input. Notes how far each one's result is
 * from ours.
 */
export async function peerCases(
  peer: Peer | undefined,
  name: string,
  graph: PeerGraph,
  context: SuiteContext,
  notes: string[],
): Promise<Case[]> {
  if (peer === undefined) return [];
  const folder = join(context.workFolder, name);
  await exportNetwork(folder, graph.description, graph.weights, graph.prefix);
  const inputs = await Promise.all(
    graph.inputs.map(async ({ values, shape }, index) => {
      const file = join(folder, `input-${index}.bin`);
      await writeFile(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      return { file, shape };
    }),
  );
  const cases: Case[] = [];
  for (const variant of variants) {
    const id = `${name}: ${variant.name}`;
    cases.push(await peer.prepare(id, { ...variant.request, network: graph.network, folder, inputs }));
    const file = join(folder, 'output.bin');
    await peer.ask({ call: 'output', id, file });
    const bytes = readFileSync(file);
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    notes.push(
      `${id} differs from our result by ${meanDifference(values, graph.expected).toExponential(1)} on average.`,
    );
  }
  return cases;
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.NaN;
  let total = 0;
  for (let index = 0; index < a.length; index++) total += Math.abs((a[index] as number) - (b[index] as number));
  return total / a.length;
}
