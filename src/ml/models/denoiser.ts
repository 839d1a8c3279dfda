import type { Network } from '../layers/description.ts';
import { NetworkBuilder } from './network-builder.ts';

/** Size of the residual encoder-decoder. */
export interface DenoiserShape {
  /** Channels at 1/2, 1/4, 1/8, ... of the photo's resolution. */
  widths: number[];
  /** Residual blocks for each scale and side. */
  blocks: number;
}

export const defaultDenoiserShape: DenoiserShape = { widths: [32, 64, 128], blocks: 2 };

/** Height and width that the network takes are multiples of this. */
export function denoiserStride({ widths }: DenoiserShape): number {
  return 2 ** widths.length;
}

/**
 * Layers from a photo and its noise-level map to the noise in it. The map as an input makes one network serve all
 * noise levels (FFDNet, Zhang et al. 2018); working on 2 x 2 blocks of pixels makes it fast; additive skips carry the
 * detail past the bottleneck (DRUNet, Zhang et al. 2021).
 * @param photo name of the [.., 3] input, 0..1
 * @param sigma name of the [.., 1] noise-level map, 0..1
 * @returns name of the predicted noise, [.., 3]
 */
export function noiseLayers(
  builder: NetworkBuilder,
  photo: string,
  sigma: string,
  { widths, blocks }: DenoiserShape,
): string {
  const joined = builder.layer({ type: 'concat', name: 'conditioned', inputs: [photo, sigma] });
  const packed = builder.layer({ type: 'spaceToDepth', name: 'packed', input: joined, block: 2 });
  const [width = 32] = widths;
  const head = builder.conv('head', packed, { filters: width, kernel: 3 });
  let x = head;
  const skips: { output: string; channels: number }[] = [];
  widths.forEach((channels, scale) => {
    if (scale > 0) x = builder.conv(`down-${scale}`, x, { filters: channels, kernel: 2, stride: 2 });
    x = builder.residualBlocks(`encode-${scale}`, x, channels, blocks);
    if (scale < widths.length - 1) skips.push({ output: x, channels });
  });
  for (let scale = skips.length - 1; scale >= 0; scale--) {
    const { output, channels } = skips[scale] as { output: string; channels: number };
    x = builder.transposed(`up-${scale}`, x, { filters: channels, kernel: 2, stride: 2 });
    x = builder.add(`join-${scale}`, x, output);
    x = builder.residualBlocks(`decode-${scale}`, x, channels, blocks);
  }
  const tail = builder.conv('tail', builder.add('joined', x, head), { filters: 12, kernel: 3, gain: 0.1 });
  return builder.layer({ type: 'depthToSpace', name: 'noise', input: tail, block: 2 });
}

/** The denoiser's network: inputs `photo` [b, h, w, 3] and `sigma` [b, h, w, 1], both 0..1; output the noise [b, h, w, 3]. */
export function denoiserNetwork(shape: DenoiserShape = defaultDenoiserShape): Network {
  const builder = new NetworkBuilder();
  const photo = builder.input('photo', 3);
  const sigma = builder.input('sigma', 1);
  return builder.finish(noiseLayers(builder, photo, sigma, shape));
}
