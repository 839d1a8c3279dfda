import type { AutoencoderParts, PictureShape } from './autoencoder-parts.ts';
import { NetworkBuilder } from './network-builder.ts';

export interface VariationalShape extends PictureShape {
  /** Channels at 1/2, 1/4, ... of the size; width and height are multiples of 2 to the power of their count. */
  widths: readonly number[];
  /** Dimensions of the latent. */
  bottleneck: number;
}

/**
 * A convolutional variational autoencoder (Kingma and Welling 2014): the encoder gives mean and log variance of a
 * Gaussian for each dimension of the latent, the decoder a picture from a point of it.
 */
export function variationalAutoencoder(shape: VariationalShape): AutoencoderParts {
  const { width, height, channels, widths, bottleneck } = shape;
  const initialiser = 'glorot';
  const factor = 2 ** widths.length;
  const small = { height: height / factor, width: width / factor };
  const deepest = widths.at(-1) ?? channels;

  const builder = new NetworkBuilder();
  let x = builder.input('picture', channels);
  widths.forEach((filters, scale) => {
    x = builder.relu(builder.conv(`down-${scale + 1}`, x, { filters, kernel: 4, stride: 2 }));
  });
  const flat = builder.layer({ type: 'flatten', name: 'flat', input: x, ...small });
  const units = 2 * bottleneck;
  const encoder = builder.finish(builder.layer({ type: 'dense', name: 'code', input: flat, units, initialiser }));

  const back = new NetworkBuilder();
  const features = small.height * small.width * deepest;
  const wide = back.layer({
    type: 'dense',
    name: 'wide',
    input: back.input('code', bottleneck),
    units: features,
    initialiser,
  });
  let y = back.relu(back.layer({ type: 'unflatten', name: 'map', input: wide, ...small }));
  [...widths.slice(0, -1).toReversed(), widths[0] ?? channels].forEach((filters, scale) => {
    y = back.relu(back.transposed(`up-${scale + 1}`, y, { filters, kernel: 4, stride: 2 }));
  });
  const logits = back.conv('logits', y, { filters: channels, kernel: 3, gain: 0.5 });
  const decoder = back.finish(back.layer({ type: 'sigmoid', name: 'picture', input: logits }));
  return { kind: 'variational', encoder, decoder, width, height, channels, codeLength: bottleneck };
}
