import type { Manifest } from './manifest.ts';
import { sha256Of } from './weights-file.ts';

/**
 * What a `.pel` file names its model by: 8 bytes of a hash of all that decoding depends on, the weights and the integer
 * tables of the entropy coder, as 16 hexadecimal digits.
 */
export function modelHashOf({
  weightsSha256,
  entropyTables,
}: Pick<Manifest, 'weightsSha256' | 'entropyTables'>): string {
  const tables = JSON.stringify(entropyTables ?? null);
  return sha256Of(Buffer.from(`${weightsSha256}\n${tables}`)).slice(0, 16);
}
