import type { ModelSummary } from '../../../src/shared/contract.ts';
import { toPellucidError, type PellucidError } from '../../../src/shared/errors.ts';
import type { Host } from '../host/host.ts';

/** The models that the engine knows. */
export class ModelList {
  readonly #host: Host;
  #models = $state.raw<readonly ModelSummary[] | null>(null);
  #error = $state.raw<PellucidError | null>(null);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Null until they have been read. */
  get models(): readonly ModelSummary[] | null {
    return this.#models;
  }

  get error(): PellucidError | null {
    return this.#error;
  }

  async load(): Promise<void> {
    this.#error = null;
    try {
      this.#models = await this.#host.call('models.list', {});
    } catch (error) {
      this.#error = toPellucidError(error);
    }
  }
}
