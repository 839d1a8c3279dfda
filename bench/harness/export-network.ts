import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Network, Weights } from '../../src/ml/layers/description.ts';
import { parametersOf } from '../../src/ml/layers/network.ts';

/**
 * Writes a network for the scripts in `bench/peers`: `network.json` with the layers and where each parameter lies, and
 * `weights.bin` with all parameters as little-endian float32, one after the other.
 * @param prefix of the parameters' names in `weights`
 */
export async function exportNetwork(folder: string, network: Network, weights: Weights, prefix = ''): Promise<void> {
  await mkdir(folder, { recursive: true });
  const parameters: { name: string; shape: number[]; offset: number }[] = [];
  const arrays: Float32Array[] = [];
  let offset = 0;
  for (const { fullName, shape } of parametersOf(network)) {
    const values = weights.get(`${prefix}${fullName}`);
    if (values === undefined) throw new Error(`There are no weights for ${prefix}${fullName}.`);
    parameters.push({ name: fullName, shape, offset });
    arrays.push(values);
    offset += values.length;
  }
  const joined = new Float32Array(offset);
  arrays.forEach((values, index) => joined.set(values, parameters[index]?.offset ?? 0));
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(joined.buffer));
  await writeFile(join(folder, 'network.json'), JSON.stringify({ ...network, parameters }));
}
