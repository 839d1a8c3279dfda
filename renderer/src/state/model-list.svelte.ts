import type { ModelInfo, ModelSummary, ModelVerdict } from '../../../src/shared/contract.ts';
import { toPellucidError, type PellucidError } from '../../../src/shared/errors.ts';
import type { Host } from '../host/host.ts';

/** The models that the engine knows, the one that is looked at, and what can be done with them. */
export class ModelList {
  readonly #host: Host;
  #models = $state.raw<readonly ModelSummary[] | null>(null);
  #opened = $state.raw<ModelInfo | null>(null);
  #verdict = $state.raw<ModelVerdict | null>(null);
  #error = $state.raw<PellucidError | null>(null);
  #exported = $state('');

  constructor(host: Host) {
    this.#host = host;
  }

  /** Null until they have been read. */
  get models(): readonly ModelSummary[] | null {
    return this.#models;
  }

  /** The model whose record is shown. */
  get opened(): ModelInfo | null {
    return this.#opened;
  }

  /** What checking the opened model has found; null while it was not checked. */
  get verdict(): ModelVerdict | null {
    return this.#verdict;
  }

  /** Where the last model was exported to. */
  get exported(): string {
    return this.#exported;
  }

  get error(): PellucidError | null {
    return this.#error;
  }

  load(): Promise<void> {
    return this.#try(async () => {
      this.#models = await this.#host.call('models.list', {});
    });
  }

  open(id: string): Promise<void> {
    return this.#try(async () => {
      const info = await this.#host.call('models.info', { id });
      this.#close();
      this.#opened = info;
    });
  }

  close(): void {
    this.#close();
  }

  /** Lets the person choose a package, and takes it in. */
  import(): Promise<void> {
    return this.#try(async () => {
      const [source] = await this.#host.openSources(await this.#host.choosePackage());
      if (source === undefined) return;
      const { id } = await this.#host.call('models.import', { source });
      this.#models = await this.#host.call('models.list', {});
      this.#close();
      this.#opened = await this.#host.call('models.info', { id });
    });
  }

  export(id: string): Promise<void> {
    return this.#try(async () => {
      const { bytes, suggestedName, mediaType } = await this.#host.call('models.export', { id });
      const { saved, where } = await this.#host.save(bytes, suggestedName, mediaType);
      if (saved) this.#exported = where;
    });
  }

  verify(id: string): Promise<void> {
    return this.#try(async () => {
      const [verdict] = await this.#host.call('models.verify', { id });
      this.#verdict = verdict ?? null;
    });
  }

  rename(id: string, newId: string): Promise<void> {
    return this.#try(async () => {
      await this.#host.call('models.rename', { id, newId });
      this.#models = await this.#host.call('models.list', {});
      this.#opened = await this.#host.call('models.info', { id: newId });
    });
  }

  remove(id: string): Promise<void> {
    return this.#try(async () => {
      await this.#host.call('models.remove', { id });
      this.#close();
      this.#models = await this.#host.call('models.list', {});
    });
  }

  #close(): void {
    this.#opened = null;
    this.#verdict = null;
    this.#exported = '';
  }

  async #try(action: () => Promise<void>): Promise<void> {
    this.#error = null;
    try {
      await action();
    } catch (error) {
      this.#error = toPellucidError(error);
    }
  }
}
