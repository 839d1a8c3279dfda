import type { Network } from '../layers/description.ts';
import { parametersOf } from '../layers/network.ts';
import type { Architecture } from './manifest.ts';

interface Part {
  network: Network;
  /** Before the names of its weights. */
  prefix: string;
  /** Channels of its inputs, by name. */
  inputs: Record<string, number>;
}

function partsOf(architecture: Architecture): Part[] {
  const photo = { photo: 3, sigma: 1 };
  if (architecture.kind === 'denoiser') return [{ network: architecture.network, prefix: '', inputs: photo }];
  if (architecture.kind !== 'codec') {
    const { encoder, decoder, channels, codeLength } = architecture;
    return [
      { network: encoder, prefix: 'encoder/', inputs: { picture: channels } },
      { network: decoder, prefix: 'decoder/', inputs: { code: codeLength } },
    ];
  }
  const { analysis, synthesis, latentChannels } = architecture;
  return [
    { network: analysis, prefix: 'analysis/', inputs: photo },
    { network: synthesis, prefix: 'synthesis/', inputs: { latent: latentChannels } },
  ];
}

/** Weights that are not part of a network. */
function looseWeights(architecture: Architecture): { name: string; shape: number[] }[] {
  if (architecture.kind !== 'codec') return [];
  const shape = [architecture.qualityAnchors, architecture.latentChannels];
  return ['gains/forward', 'gains/inverse'].map((name) => ({ name, shape }));
}

/**
 * What is wrong with an architecture whose fields are each what they should be: a layer that reads what is not there,
 * inputs of other channels, weights that lack or have another shape. Null where all fits.
 * @param weights entries of the weights manifest
 */
export function architectureFault(
  architecture: Architecture,
  weights: readonly { name: string; shape: number[] }[],
): string | null {
  const expected = looseWeights(architecture);
  for (const { network, prefix, inputs } of partsOf(architecture)) {
    const given = Object.fromEntries(network.inputs.map(({ name, channels }) => [name, channels]));
    for (const [name, channels] of Object.entries(inputs)) {
      if (given[name] !== channels) return `its network has no input ${name} of ${channels} channels`;
    }
    if (!network.layers.some(({ name }) => name === network.output)) return `it has no layer ${network.output}`;
    try {
      for (const { fullName, shape } of parametersOf(network)) expected.push({ name: `${prefix}${fullName}`, shape });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  const shapes = new Map(weights.map(({ name, shape }) => [name, shape.join(' x ')]));
  for (const { name, shape } of expected) {
    if (shapes.get(name) !== shape.join(' x ')) return `it has no weights ${name} of shape ${shape.join(' x ')}`;
  }
  return null;
}
