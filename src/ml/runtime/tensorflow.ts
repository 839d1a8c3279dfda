import { createRequire } from 'node:module';
import util from 'node:util';
import type * as Core from '@tensorflow/tfjs-core';
import type * as TensorFlow from '@tensorflow/tfjs-node';
import type { EngineInfo } from '../../shared/contract.ts';
import { engineThreads } from '../../shared/engine-threads.ts';
import { PellucidError } from '../../shared/errors.ts';

export type Tf = typeof TensorFlow;
/** What native TensorFlow and WebAssembly have in common: operations on tensors. */
export type TensorOperations = typeof Core;
export type { NamedTensorMap, Tensor, Tensor4D } from '@tensorflow/tfjs-node';

export interface TensorFlowInfo {
  backend: EngineInfo['backend'];
  /** Of TensorFlow, or of TensorFlow.js for WebAssembly. */
  version: string;
  threads: number;
}

const require = createRequire(import.meta.url);
let native: Tf | undefined;
let webAssembly: Promise<TensorOperations> | undefined;

/**
 * Native TensorFlow, loaded on first use (about half a second).
 * @throws {PellucidError} TENSORFLOW_UNAVAILABLE when the addon or its libraries are missing, or `PELLUCID_BACKEND` is
 * `wasm`.
 */
export function tensorFlow(): Tf {
  if (native !== undefined) return native;
  if (process.env['PELLUCID_BACKEND'] === 'wasm') throw needsNative('PELLUCID_BACKEND=wasm keeps it away.');
  restoreRemovedNodeFunctions();
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  try {
    native = require('@tensorflow/tfjs-node') as Tf;
  } catch (error) {
    throw needsNative('Run "node tools/setup.mjs --retry": it installs it, or says what is missing.', error);
  }
  return native;
}

/** Loads TensorFlow without blocking the caller's current turn. Throws as `tensorFlow`. */
export async function loadTensorFlow(): Promise<Tf> {
  await Promise.resolve();
  return tensorFlow();
}

/** Native TensorFlow, or null where it is missing. */
export function nativeTensorFlow(): Tf | null {
  try {
    return tensorFlow();
  } catch (error) {
    if (error instanceof PellucidError) return null;
    throw error;
  }
}

/** Operations on tensors by native TensorFlow, or where that is missing by WebAssembly, on one core. */
export async function loadTensorOperations(): Promise<TensorOperations> {
  await Promise.resolve();
  return nativeTensorFlow() ?? (await (webAssembly ??= loadWebAssembly()));
}

async function loadWebAssembly(): Promise<TensorOperations> {
  const tf = require('@tensorflow/tfjs-core') as TensorOperations;
  require('@tensorflow/tfjs-backend-wasm');
  if (!(await tf.setBackend('wasm'))) throw needsNative('WebAssembly does not work here either.');
  return tf;
}

/** What computes here: for `doctor` and the window. Loads TensorFlow. */
export async function tensorFlowInfo(): Promise<TensorFlowInfo> {
  const tf = await loadTensorOperations();
  if (nativeTensorFlow() === null) return { backend: 'wasm', version: tf.version_core, threads: 1 };
  const version = (tf.backend() as unknown as { binding: { TF_Version: string } }).binding.TF_Version;
  return {
    backend: 'tensorflow',
    version,
    threads: engineThreads(),
  };
}

/** The error for what only native TensorFlow can do. */
export function needsNative(remedy: string, cause?: unknown): PellucidError {
  const message = `Training, and all but denoising and compressing, needs native TensorFlow, which is not there. ${remedy}`;
  return new PellucidError('TENSORFLOW_UNAVAILABLE', message, { cause });
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
