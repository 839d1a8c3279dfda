import type { AutoencoderParts, PictureShape } from './autoencoder-parts.ts';
import { NetworkBuilder } from './network-builder.ts';

export interface DenseShape extends PictureShape {
  /** Units of the layers before the bottleneck, widest first; the decoder has them in reverse. */
  hidden: readonly number[];
  /** Units of the bottleneck. */
  bottleneck: number;
  initialiser: 'he' | 'glorot';
}

/**
 * The classic fully connected autoencoder: ReLU in all layers, the bottleneck's too, and a sigmoid at the end. With 28
 * x 28 grey, hidden [128] and a bottleneck of 32 it is 784-128-32-128-784 (Hinton and Salakhutdinov 2006 in small).
 */
export function denseAutoencoder(shape: DenseShape): AutoencoderParts {
  const { width, height, channels, hidden, bottleneck, initialiser } = shape;
  const builder = new NetworkBuilder();
  const flat = builder.layer({
    type: 'flatten',
    name: 'flat',
    input: builder.input('picture', channels),
    height,
    width,
  });
  const encode = hidden.reduce((input, units, index) => denseRelu(builder, `encode-${index + 1}`, input, units), flat);
  const encoder = builder.finish(denseRelu(builder, 'code', encode, bottleneck));

  const back = new NetworkBuilder();
  const code = back.input('code', bottleneck);
  const decode = hidden
    .toReversed()
    .reduce((input, units, index) => denseRelu(back, `decode-${index + 1}`, input, units), code);
  const units = width * height * channels;
  const values = back.layer({ type: 'dense', name: 'restore', input: decode, units, initialiser });
  const logits = back.layer({ type: 'unflatten', name: 'logits', input: values, height, width });
  const decoder = back.finish(back.layer({ type: 'sigmoid', name: 'picture', input: logits }));
  return { kind: 'dense', encoder, decoder, width, height, channels, codeLength: bottleneck };

  function denseRelu(target: NetworkBuilder, name: string, input: string, count: number): string {
    return target.relu(target.layer({ type: 'dense', name, input, units: count, initialiser }));
  }
}
