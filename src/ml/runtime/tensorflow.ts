import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import util from 'node:util';
import type * as TensorFlow from '@tensorflow/tfjs-node';
import { PellucidError } from '../../shared/errors.ts';

export type Tf = typeof TensorFlow;
export type { NamedTensorMap, Tensor, Tensor4D } from '@tensorflow/tfjs-node';

export interface TensorFlowInfo {
  backend: 'tensorflow';
  version: string;
  threads: number;
}

const require = createRequire(import.meta.url);
let loaded: Tf | undefined;

/**
 * Native TensorFlow, loaded on first use (about half a second).
 * @throws {PellucidError} TENSORFLOW_UNAVAILABLE when the addon or its libraries are missing.
 */
export function tensorFlow(): Tf {
  if (loaded !== undefined) return loaded;
  restoreRemovedNodeFunctions();
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  try {
    loaded = require('@tensorflow/tfjs-node') as Tf;
  } catch (error) {
    throw new PellucidError(
      'TENSORFLOW_UNAVAILABLE',
      'Native TensorFlow could not be loaded. Run "npm start" or "npm test" once: the set-up installs it.',
      { cause: error },
    );
  }
  return loaded;
}

/** Loads TensorFlow without blocking the caller's current turn. */
export async function loadTensorFlow(): Promise<Tf> {
  await Promise.resolve();
  return tensorFlow();
}

/** What computes here: for `doctor` and the window. Loads TensorFlow. */
export function tensorFlowInfo(): TensorFlowInfo {
  const backend: unknown = tensorFlow().backend();
  const version = (backend as { binding: { TF_Version: string } }).binding.TF_Version;
  return { backend: 'tensorflow', version, threads: availableParallelism() };
}

/** tfjs-node 4.22 calls functions that Node 23 removed (tensorflow/tfjs#8609). */
function restoreRemovedNodeFunctions(): void {
  const removed: Record<string, (value: unknown) => boolean> = {
    isNullOrUndefined: (value) => value === null || value === undefined,
    isArray: (value) => Array.isArray(value),
  };
  for (const [name, replacement] of Object.entries(removed)) {
    Object.defineProperty(util, name, { value: replacement, configurable: true, writable: true });
  }
}
