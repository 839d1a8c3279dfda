import type { Layer, Network } from '../layers/description.ts';

interface Convolution {
  filters: number;
  kernel: number;
  stride?: number;
  /** Factor on He's deviation; small where a branch should start near zero. */
  gain?: number;
}

/** Writes a network's layers one after the other; each call gives the name of the new layer's output. */
export class NetworkBuilder {
  readonly #inputs: Network['inputs'] = [];
  readonly #layers: Layer[] = [];

  input(name: string, channels: number): string {
    this.#inputs.push({ name, channels });
    return name;
  }

  layer(layer: Layer): string {
    this.#layers.push(layer);
    return layer.name;
  }

  conv(name: string, input: string, { filters, kernel, stride = 1, gain = 1 }: Convolution): string {
    return this.layer({ type: 'conv2d', name, input, filters, kernel, stride, gain });
  }

  transposed(name: string, input: string, { filters, kernel, stride = 1, gain = 1 }: Convolution): string {
    return this.layer({ type: 'conv2dTranspose', name, input, filters, kernel, stride, gain });
  }

  relu(input: string): string {
    return this.layer({ type: 'relu', name: `${input}-relu`, input });
  }

  add(name: string, a: string, b: string): string {
    return this.layer({ type: 'add', name, inputs: [a, b] });
  }

  subtract(name: string, a: string, b: string): string {
    return this.layer({ type: 'subtract', name, inputs: [a, b] });
  }

  /**
   * Two 3 x 3 convolutions around a ReLU, added to their input. The second one starts at a tenth of He's deviation:
   * a deep stack of such blocks trains at once without normalisation.
   */
  residualBlock(name: string, input: string, channels: number): string {
    const inner = this.relu(this.conv(`${name}-1`, input, { filters: channels, kernel: 3 }));
    return this.add(name, input, this.conv(`${name}-2`, inner, { filters: channels, kernel: 3, gain: 0.1 }));
  }

  residualBlocks(name: string, input: string, channels: number, count: number): string {
    let output = input;
    for (let index = 1; index <= count; index++) output = this.residualBlock(`${name}-${index}`, output, channels);
    return output;
  }

  finish(output: string): Network {
    return { inputs: this.#inputs, layers: this.#layers, output };
  }
}
