import { readFileSync } from 'node:fs';
import { PellucidError } from '../shared/errors.ts';

/** An address in the coder's memory. */
interface Place {
  readonly value: number;
}

/** What `assembly/index.ts` exports. */
export interface CoderInstance {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly squashAt: Place;
  readonly stretchAt: Place;
  readonly stepsAt: Place;
  readonly countersAt: Place;
  readonly weightsAt: Place;
  readonly valueRowAt: Place;
  readonly magnitudeRowAt: Place;
  readonly dataAt: Place;
  readonly valuesAt: Place;
  readonly magnitudesAt: Place;
  readonly ringsAt: Place;
  readonly bytesAt: Place;
  layOut(
    counters: number,
    weightSets: number,
    rowLength: number,
    channels: number,
    positions: number,
    paddedPositions: number,
    bytes: number,
  ): void;
  setCounterLimit(most: number): void;
  openModel(channels: number, hasGroups: number): void;
  counterCount(): number;
  weightSetCount(): number;
  begin(isDecoding: number, bytes: number): void;
  openBand(height: number, width: number): void;
  codeChannel(channel: number, valueLength: number, magnitudeLength: number): number;
  codeCheck(): number;
  codeBit(bit: number, probabilityOfOne: number): number;
  bytesBeyond(): number;
  finishEncoding(): number;
}

/** What of WebAssembly is used here; TypeScript knows it only together with a browser. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, never>) => { exports: unknown };
  RuntimeError: new () => Error;
};

/** An instance with more memory than this is not kept for the next latent. */
const keptBytes = 32 * 2 ** 20;

let module: object | undefined;
const idle: CoderInstance[] = [];

/**
 * Gives `work` an instance of the coder to itself.
 * @throws {PellucidError} OUT_OF_MEMORY where there is none for it, and what `work` throws
 */
export function withCoder<T>(work: (coder: CoderInstance) => T): T {
  const coder = idle.pop() ?? newCoder();
  try {
    const result = work(coder);
    if (coder.memory.buffer.byteLength <= keptBytes) idle.push(coder);
    return result;
  } catch (error) {
    // The coder traps where its memory cannot grow.
    throw error instanceof WebAssembly.RuntimeError ? outOfMemory(error) : error;
  }
}

function newCoder(): CoderInstance {
  try {
    return new WebAssembly.Instance(compiledCoder(), {}).exports as CoderInstance;
  } catch (error) {
    throw error instanceof RangeError ? outOfMemory(error) : error;
  }
}

function outOfMemory(cause: unknown): PellucidError {
  const message = "There is not enough memory for the photo's code. Close other programs and repeat it.";
  return new PellucidError('OUT_OF_MEMORY', message, { cause });
}

/** The coder, compiled; the build puts it beside the compiled form of this module. */
export function compiledCoder(): object {
  const isSource = import.meta.url.endsWith('.ts');
  const file = isSource ? '../../dist/src/codec/latent-coder.wasm' : './latent-coder.wasm';
  module ??= new WebAssembly.Module(readFileSync(new URL(file, import.meta.url)));
  return module;
}

/** Takes over what another thread has compiled, together with all that the engine makes faster while it runs. */
export function useCompiledCoder(compiled: object): void {
  module ??= compiled;
}
