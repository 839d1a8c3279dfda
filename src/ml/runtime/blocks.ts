import type { Tensor, TensorOperations } from './tensorflow.ts';

/** Moves blocks of pixels into channels; tfjs has no operation of this order, so: reshape and transpose. */
export function eagerSpaceToDepth(tf: TensorOperations, x: Tensor, block: number): Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const split = tf.reshape(x, [batch, height / block, block, width / block, block, channels]);
  const order = tf.transpose(split, [0, 1, 3, 2, 4, 5]);
  return tf.reshape(order, [batch, height / block, width / block, block * block * channels]);
}

/** The inverse of `eagerSpaceToDepth`. */
export function eagerDepthToSpace(tf: TensorOperations, x: Tensor, block: number): Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const depth = channels / (block * block);
  const split = tf.reshape(x, [batch, height, width, block, block, depth]);
  const order = tf.transpose(split, [0, 1, 3, 2, 4, 5]);
  return tf.reshape(order, [batch, height * block, width * block, depth]);
}
