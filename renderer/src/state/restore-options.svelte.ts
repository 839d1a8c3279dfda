import type { RestoreSettings } from '../../../src/shared/params.ts';

export type Mode = RestoreSettings['mode'];
export type NoiseMode = 'auto' | 'manual';

export const defaults = { sigma255: 25, quality: 50, strength: 100 } as const;

/** The settings that photos are restored with. */
export class RestoreOptions {
  #mode = $state<Mode>('codec');
  #noiseMode = $state<NoiseMode>('auto');
  #sigma255 = $state<number>(defaults.sigma255);
  #quality = $state<number>(defaults.quality);
  #strength = $state<number>(defaults.strength);
  #isAdjusting = $state(false);
  #current = $derived<RestoreSettings>({
    mode: this.#mode,
    sigma: this.#noiseMode === 'auto' ? 'auto' : this.#sigma255,
    quality: this.#quality,
    strength: this.#strength,
  });
  #key = $derived(keyOf(this.#current));

  get mode(): Mode {
    return this.#mode;
  }

  get noiseMode(): NoiseMode {
    return this.#noiseMode;
  }

  get sigma255(): number {
    return this.#sigma255;
  }

  get quality(): number {
    return this.#quality;
  }

  get strength(): number {
    return this.#strength;
  }

  /** True while a slider is being dragged: only previews are made until it is let go. */
  get isAdjusting(): boolean {
    return this.#isAdjusting;
  }

  get current(): RestoreSettings {
    return this.#current;
  }

  /** Equal for settings that lead to the same result. */
  get key(): string {
    return this.#key;
  }

  setMode(mode: Mode): void {
    this.#mode = mode;
  }

  /** Changes to a level by hand start from the level that was in use. */
  setNoiseMode(noiseMode: NoiseMode, levelInUse: number): void {
    if (noiseMode === 'manual') this.#sigma255 = Math.round(levelInUse);
    this.#noiseMode = noiseMode;
  }

  /** A slider that moves, or that was let go. Moving the noise slider is choosing the level by hand. */
  adjust(name: 'sigma255' | 'quality' | 'strength', value: number, isFinal: boolean): void {
    if (name === 'quality') this.#quality = value;
    else if (name === 'strength') this.#strength = value;
    else {
      this.#sigma255 = value;
      this.#noiseMode = 'manual';
    }
    this.#isAdjusting = !isFinal;
  }
}

function keyOf(settings: RestoreSettings): string {
  const { mode, sigma, quality, strength } = settings;
  return mode === 'codec' ? `codec ${sigma} ${quality}` : `denoise ${sigma} ${strength}`;
}
