import type { EngineInfo } from '../../../src/shared/contract.ts';
import type { MachineSettings } from '../../../src/shared/machine-settings.ts';
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

  /** Allows a number of cores, from the next start on, and memory, at once; null leaves it to Pellucid. */
  async allow(change: Partial<MachineSettings>): Promise<void> {
    if (this.#info === null) return;
    const allowed = { ...this.#info.allowed, ...change };
    // Shown at once, so that a second change builds upon the first.
    this.#info = { ...this.#info, allowed };
    this.#info = await this.#host.call('engine.setLimits', allowed);
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
