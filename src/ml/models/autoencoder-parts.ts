import type { Network } from '../layers/description.ts';

/** Size of the pictures that an autoencoder takes and gives. */
export interface PictureShape {
  width: number;
  height: number;
  channels: 1 | 3;
}

/** An autoencoder of pictures of one size, as data. */
export interface AutoencoderParts extends PictureShape {
  kind: 'dense' | 'variational';
  /** From `picture` [b, h, w, c], 0..1, to the code [b, d]; for `variational` to means and log variances [b, 2 d]. */
  encoder: Network;
  /** From `code` [b, d] to the picture [b, h, w, c], 0..1; its last layer is a sigmoid. */
  decoder: Network;
  /** d */
  codeLength: number;
}

/** The decoder up to what goes into its last layer, the sigmoid: losses on logits are exact where a sigmoid is 0 or 1. */
export function decoderLogits(decoder: Network): Network {
  const last = decoder.layers.find(({ name }) => name === decoder.output);
  if (last?.type !== 'sigmoid') throw new Error('The decoder does not end in a sigmoid.');
  return { ...decoder, output: last.input };
}
