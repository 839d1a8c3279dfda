/** Networks as data: what a model package's manifest holds, and all that the graph writer needs beside the weights. */

/** One layer; `input` and `inputs` name earlier layers or inputs of the network. */
export type Layer =
  | { type: 'conv2d'; name: string; input: string; filters: number; kernel: number; stride: number; gain: number }
  | {
      type: 'conv2dTranspose';
      name: string;
      input: string;
      filters: number;
      kernel: number;
      stride: number;
      gain: number;
    }
  | { type: 'dense'; name: string; input: string; units: number; initialiser: 'he' | 'glorot' }
  | { type: 'relu'; name: string; input: string }
  | { type: 'sigmoid'; name: string; input: string }
  | { type: 'spaceToDepth'; name: string; input: string; block: number }
  | { type: 'depthToSpace'; name: string; input: string; block: number }
  /** [b, h, w, c] to [b, h * w * c]; `height` and `width` are those of its input. */
  | { type: 'flatten'; name: string; input: string; height: number; width: number }
  /** [b, height * width * c] to [b, height, width, c]. */
  | { type: 'unflatten'; name: string; input: string; height: number; width: number }
  | { type: 'add'; name: string; inputs: [string, string] }
  | { type: 'subtract'; name: string; inputs: [string, string] }
  | { type: 'concat'; name: string; inputs: [string, string] };

export type LayerType = Layer['type'];

/** Layers in an order in which each one's inputs come before it. */
export interface Network {
  /** Names of the inputs, with their channels (or features, for dense layers). */
  inputs: { name: string; channels: number }[];
  layers: Layer[];
  output: string;
}

/** A trainable array of one layer. */
export interface ParameterSpec {
  /** Name within the layer, such as `filter` or `bias`. */
  name: string;
  shape: number[];
  /** `zeros`, or uniform or normal numbers of the given spread. */
  initial: { kind: 'zeros' } | { kind: 'normal'; deviation: number } | { kind: 'uniform'; limit: number };
}

/** Weights of a network by parameter name, `layer/parameter`, as flat arrays. */
export type Weights = Map<string, Float32Array>;

/** The names that a layer reads. */
export function inputsOf(layer: Layer): readonly string[] {
  return 'inputs' in layer ? layer.inputs : [layer.input];
}
