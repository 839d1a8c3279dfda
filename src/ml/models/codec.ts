import type { Network } from '../layers/description.ts';
import type { DenoiserShape } from './denoiser.ts';
import { defaultDenoiserShape, noiseLayers } from './denoiser.ts';
import { NetworkBuilder } from './network-builder.ts';

/** Size of the codec. */
export interface CodecShape {
  denoiser: DenoiserShape;
  /** Channels of the latent: the bottleneck. */
  latentChannels: number;
  /** Channels of the synthesis at 1/16, 1/8, 1/4 and 1/2 of the photo's resolution. */
  widths: [number, number, number, number];
  /** Residual blocks of the synthesis at 1/16, 1/8, 1/4 and 1/2. */
  blocks: [number, number, number, number];
  /** Anchors of quality at which each channel has a learned gain. */
  qualityAnchors: number;
}

export const defaultCodecShape: CodecShape = {
  denoiser: defaultDenoiserShape,
  latentChannels: 256,
  widths: [160, 96, 64, 32],
  blocks: [2, 2, 2, 3],
  qualityAnchors: 8,
};

/** One position of the latent stands for 16 x 16 pixels. */
export const latentStride = 16;

/**
 * Photo and noise-level map to latent: the denoiser's layers take the noise out, a 16 x 16 transform of stride 16
 * (which starts as the linear optimum) makes the latent, and a few convolutions across neighbouring blocks correct it.
 * Inputs `photo` [b, h, w, 3] and `sigma` [b, h, w, 1], both 0..1; output [b, h/16, w/16, latent].
 */
export function analysisNetwork(shape: CodecShape = defaultCodecShape): Network {
  const builder = new NetworkBuilder();
  const photo = builder.input('photo', 3);
  const sigma = builder.input('sigma', 1);
  const clean = builder.subtract('clean', photo, noiseLayers(builder, photo, sigma, shape.denoiser));
  const { latentChannels } = shape;
  const linear = builder.conv('linear', clean, { filters: latentChannels, kernel: latentStride, stride: latentStride });
  const [width] = shape.widths;
  const narrowed = builder.relu(builder.conv('correct-1', linear, { filters: width, kernel: 1 }));
  const mixed = builder.relu(builder.conv('correct-2', narrowed, { filters: width, kernel: 3 }));
  const correction = builder.conv('correct-3', mixed, { filters: latentChannels, kernel: 1, gain: 0.02 });
  return builder.finish(builder.add('latent', linear, correction));
}

/**
 * Latent to photo: the inverse linear transform, plus what residual convolutions at 1/16, 1/8 and 1/4 add to it, plus
 * what those at 1/2 add after a look at the sum, where the edges of the 16 x 16 blocks show.
 * Input `latent` [b, h, w, latent]; output [b, 16 h, 16 w, 3], 0..1.
 */
export function synthesisNetwork(shape: CodecShape = defaultCodecShape): Network {
  const builder = new NetworkBuilder();
  const latent = builder.input('latent', shape.latentChannels);
  const linear = builder.transposed('linear', latent, { filters: 3, kernel: latentStride, stride: latentStride });
  const [coarse, middle, fine, finest] = shape.widths;
  const [coarseBlocks, middleBlocks, fineBlocks, finestBlocks] = shape.blocks;
  let x = builder.conv('gather', latent, { filters: coarse, kernel: 3 });
  x = builder.residualBlocks('coarse', x, coarse, coarseBlocks);
  x = builder.transposed('up-1', x, { filters: middle, kernel: 2, stride: 2 });
  x = builder.residualBlocks('middle', x, middle, middleBlocks);
  x = builder.transposed('up-2', x, { filters: fine, kernel: 2, stride: 2 });
  x = builder.residualBlocks('fine', x, fine, fineBlocks);
  const tail = builder.conv('tail', x, { filters: 48, kernel: 3, gain: 0.02 });
  const detail = builder.layer({ type: 'depthToSpace', name: 'detail', input: tail, block: 4 });
  const first = builder.add('first', linear, detail);
  const packed = builder.layer({ type: 'spaceToDepth', name: 'packed', input: first, block: 2 });
  const seen = builder.conv('look', packed, { filters: finest, kernel: 3 });
  const known = builder.transposed('up-3', x, { filters: finest, kernel: 2, stride: 2 });
  x = builder.residualBlocks('finest', builder.add('joined', seen, known), finest, finestBlocks);
  const last = builder.conv('last', x, { filters: 12, kernel: 3, gain: 0 });
  const correction = builder.layer({ type: 'depthToSpace', name: 'correction', input: last, block: 2 });
  return builder.finish(builder.add('photo', first, correction));
}
