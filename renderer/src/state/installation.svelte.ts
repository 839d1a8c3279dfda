import type { EngineInfo } from '../../../src/shared/contract.ts';
import type { Host } from '../host/host.ts';

/** What the app runs on. */
export class Installation {
  readonly #host: Host;
  #info = $state.raw<EngineInfo | null>(null);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Null until it is known. */
  get info(): EngineInfo | null {
    return this.#info;
  }

  /** Chooses the number type of convolutions, for this start and all later ones. Throws what the engine does. */
  async setCompute(choice: EngineInfo['computeChoice']): Promise<void> {
    this.#info = await this.#host.call('engine.setCompute', { choice });
  }

  /** A failure leaves what was known; the engine's state tells what is wrong. */
  async load(): Promise<void> {
    try {
      this.#info = await this.#host.call('engine.info', {});
    } catch {
      return;
    }
  }
}
