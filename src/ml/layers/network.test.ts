import { describe, expect, it } from 'vitest';
import type { Network } from './description.ts';
import { initialWeights, macsPerPixel, parameterCount, parametersOf } from './network.ts';

const small: Network = {
  inputs: [{ name: 'photo', channels: 3 }],
  layers: [
    { type: 'conv2d', name: 'head', input: 'photo', filters: 4, kernel: 3, stride: 1, gain: 1 },
    { type: 'conv2d', name: 'down', input: 'head', filters: 6, kernel: 2, stride: 2, gain: 0.5 },
    { type: 'conv2dTranspose', name: 'up', input: 'down', filters: 5, kernel: 2, stride: 2, gain: 1 },
    { type: 'spaceToDepth', name: 'packed', input: 'up', block: 2 },
    { type: 'conv2d', name: 'mix', input: 'packed', filters: 8, kernel: 1, stride: 1, gain: 0 },
    { type: 'depthToSpace', name: 'unpacked', input: 'mix', block: 2 },
    { type: 'concat', name: 'both', inputs: ['unpacked', 'head'] },
  ],
  output: 'both',
};

describe('a small network', () => {
  it('has the parameters and multiplications that are worked out by hand', () => {
    // head 3*3*3*4 + 4, down 2*2*4*6 + 6, up 2*2*6*5 + 5, mix 20*8 + 8
    expect(parameterCount(small)).toBe(112 + 102 + 125 + 168);
    // head 108 at full size; down 96 at a quarter of the positions; up 2*2*6*5 / 4 at full size; mix 160 at a quarter
    expect(macsPerPixel(small)).toBeCloseTo(108 + 24 + 30 + 40, 9);
  });

  it('names its parameters with their shapes', () => {
    expect(parametersOf(small).map(({ fullName, shape }) => [fullName, shape])).toEqual([
      ['head/filter', [3, 3, 3, 4]],
      ['head/bias', [4]],
      ['down/filter', [2, 2, 4, 6]],
      ['down/bias', [6]],
      ['up/filter', [2, 2, 5, 6]],
      ['up/bias', [5]],
      ['mix/filter', [1, 1, 20, 8]],
      ['mix/bias', [8]],
    ]);
  });
});

describe('first weights', () => {
  const wide: Network = {
    inputs: [{ name: 'x', channels: 32 }],
    layers: [
      { type: 'conv2d', name: 'conv', input: 'x', filters: 64, kernel: 3, stride: 1, gain: 0.5 },
      { type: 'conv2dTranspose', name: 'up', input: 'conv', filters: 64, kernel: 2, stride: 2, gain: 1 },
    ],
    output: 'up',
  };

  it('have the deviation of He et al., times the gain, and biases of zero', () => {
    const weights = initialWeights(wide, 3);
    const deviation = (name: string): number => {
      const values = weights.get(name) as Float32Array;
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    };
    // 18,432 and 16,384 numbers: the relative error of a deviation is about 1 / sqrt(2 n) < 0.006.
    expect(deviation('conv/filter') / (0.5 * Math.sqrt(2 / (9 * 32)))).toBeCloseTo(1, 1.5);
    // Each output of the transpose takes one of the four taps: its fan-in is the 64 channels.
    expect(deviation('up/filter') / Math.sqrt(2 / 64)).toBeCloseTo(1, 1.5);
    expect(deviation('conv/bias')).toBe(0);
  });

  it('stay within the limit of Glorot and Bengio', () => {
    const dense: Network = {
      inputs: [{ name: 'x', channels: 20 }],
      layers: [{ type: 'dense', name: 'd', input: 'x', units: 10, initialiser: 'glorot' }],
      output: 'd',
    };
    const values = initialWeights(dense, 1).get('d/kernel') as Float32Array;
    const limit = Math.sqrt(6 / 30);
    expect(Math.max(...values)).toBeLessThanOrEqual(limit);
    expect(Math.max(...values)).toBeGreaterThan(0.9 * limit);
    expect(Math.min(...values)).toBeLessThan(-0.9 * limit);
  });

  it('follow from the seed alone', () => {
    expect(initialWeights(wide, 3)).toEqual(initialWeights(wide, 3));
    expect(initialWeights(wide, 3)).not.toEqual(initialWeights(wide, 4));
  });
});

it('refuses a layer that reads what does not come before it', () => {
  const network: Network = {
    inputs: [{ name: 'x', channels: 1 }],
    layers: [{ type: 'relu', name: 'a', input: 'b' }],
    output: 'a',
  };
  expect(() => parametersOf(network)).toThrow('reads b');
});
