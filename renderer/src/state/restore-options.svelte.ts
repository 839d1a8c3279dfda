import type { RestoreSettings } from '../../../src/shared/params.ts';
import type { Photo } from './photo.svelte.ts';
import { Undo } from './undo.svelte.ts';

export type Mode = RestoreSettings['mode'];
export type NoiseMode = 'auto' | 'manual';
export type Scope = 'all' | 'one';
export type Aim = 'quality' | 'size' | 'psnr';

/** What a person has chosen. Each control keeps its value while another mode hides it. */
export interface Chosen {
  mode: Mode;
  noiseMode: NoiseMode;
  /** Noise level by hand, 0..255 scale. */
  sigma255: number;
  quality: number;
  /** What decides the quality: it is set itself, or found for a size or a PSNR. */
  aim: Aim;
  /** Most bytes of the `.pel`, in thousands. */
  targetKilobytes: number;
  /** Least PSNR, in dB. */
  targetPsnr: number;
  strength: number;
  /** Percent of the fine detail to give back. */
  texture: number;
  /** Model for each mode; null for the default one. */
  models: Readonly<Record<Mode, string | null>>;
}

export const defaults: Chosen = {
  mode: 'codec',
  noiseMode: 'auto',
  sigma255: 25,
  quality: 50,
  aim: 'quality',
  targetKilobytes: 100,
  targetPsnr: 35,
  strength: 100,
  texture: 0,
  models: { codec: null, denoise: null },
};

/** Settings of all photos, and of those that have their own. */
interface Everything {
  all: Chosen;
  own: readonly { photo: Photo; chosen: Chosen }[];
}

/** The settings that photos are restored with, and the way back to earlier ones. */
export class RestoreOptions {
  #everything = $state.raw<Everything>({ all: defaults, own: [] });
  #photo = $state.raw<Photo | null>(null);
  #isAdjusting = $state(false);
  /** As it was before a slider began to move. */
  #before: Everything | null = null;
  readonly #undo = new Undo<Everything>();
  #chosen = $derived(this.chosenFor(this.#photo));
  #current = $derived(toSettings(this.#chosen));
  #key = $derived(keyOf(this.#current));

  /** What is chosen for the photo that is looked at. */
  get chosen(): Chosen {
    return this.#chosen;
  }

  get mode(): Mode {
    return this.#chosen.mode;
  }

  /** Whether the photo that is looked at has settings of its own. */
  get scope(): Scope {
    return this.#everything.own.some(({ photo }) => photo === this.#photo) ? 'one' : 'all';
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

  get canUndo(): boolean {
    return this.#undo.canUndo;
  }

  get canRedo(): boolean {
    return this.#undo.canRedo;
  }

  chosenFor(photo: Photo | null): Chosen {
    return this.#everything.own.find((entry) => entry.photo === photo)?.chosen ?? this.#everything.all;
  }

  /** The settings of photos that have none of their own. */
  get settingsForAll(): RestoreSettings {
    return toSettings(this.#everything.all);
  }

  settingsFor(photo: Photo): RestoreSettings {
    return toSettings(this.chosenFor(photo));
  }

  keyFor(photo: Photo): string {
    // What a `.pel` holds depends on no settings.
    return photo.info?.pel == null ? keyOf(this.settingsFor(photo)) : 'pel';
  }

  /** The photo that is looked at, whose settings are shown and changed. */
  lookAt(photo: Photo | null): void {
    this.#photo = photo;
  }

  /** Gives the photo settings of its own, starting from those of all; or lets it follow all again. */
  setScope(scope: Scope): void {
    if (this.#photo === null || scope === this.scope) return;
    const photo = this.#photo;
    const others = this.#everything.own.filter((entry) => entry.photo !== photo);
    const own = scope === 'one' ? [...others, { photo, chosen: this.#chosen }] : others;
    this.#commit({ ...this.#everything, own });
  }

  setMode(mode: Mode): void {
    this.choose({ mode });
  }

  setModel(id: string | null): void {
    this.choose({ models: { ...this.#chosen.models, [this.mode]: id } });
  }

  /** Changes to a level by hand start from the level that was in use. */
  setNoiseMode(noiseMode: NoiseMode, levelInUse: number): void {
    this.choose(noiseMode === 'manual' ? { noiseMode, sigma255: Math.round(levelInUse) } : { noiseMode });
  }

  /** A slider that moves, or that was let go. Moving the noise slider is choosing the level by hand. */
  adjust(name: 'sigma255' | 'quality' | 'targetPsnr' | 'strength' | 'texture', value: number, isFinal: boolean): void {
    const change: Partial<Chosen> = name === 'sigma255' ? { sigma255: value, noiseMode: 'manual' } : { [name]: value };
    this.#before ??= this.#everything;
    this.#everything = this.#with(change);
    this.#isAdjusting = !isFinal;
    if (!isFinal) return;
    if (!isSame(this.#before, this.#everything)) this.#undo.push(this.#before);
    this.#before = null;
  }

  /** Chooses several things in one step that can be undone. */
  choose(change: Partial<Chosen>): void {
    this.#commit(this.#with(change));
  }

  undo(): void {
    this.#everything = this.#undo.back(this.#everything);
  }

  redo(): void {
    this.#everything = this.#undo.forward(this.#everything);
  }

  #with(change: Partial<Chosen>): Everything {
    const { all, own } = this.#everything;
    const chosen = { ...this.#chosen, ...change };
    if (this.scope === 'all') return { all: chosen, own };
    return { all, own: own.map((entry) => (entry.photo === this.#photo ? { ...entry, chosen } : entry)) };
  }

  #commit(everything: Everything): void {
    if (isSame(everything, this.#everything)) return;
    this.#undo.push(this.#everything);
    this.#everything = everything;
  }
}

function isSame(one: Everything, other: Everything): boolean {
  const text = ({ all, own }: Everything) => JSON.stringify([all, own.map(({ photo, chosen }) => [photo.key, chosen])]);
  return text(one) === text(other);
}

function toSettings(chosen: Chosen): RestoreSettings {
  const { mode, noiseMode, sigma255, quality, strength, texture, models } = chosen;
  const modelId = models[mode];
  const sigma = noiseMode === 'auto' ? 'auto' : sigma255;
  const target = mode === 'codec' ? targetOf(chosen) : undefined;
  return {
    mode,
    sigma,
    quality,
    strength,
    texture,
    ...(target === undefined ? {} : { target }),
    ...(modelId === null ? {} : { modelId }),
  };
}

function targetOf({ aim, targetKilobytes, targetPsnr }: Chosen): RestoreSettings['target'] {
  if (aim === 'size') return { maxBytes: Math.round(targetKilobytes * 1000) };
  return aim === 'psnr' ? { minPsnr: targetPsnr } : undefined;
}

function keyOf(settings: RestoreSettings): string {
  const { mode, sigma, quality, target, strength, texture = 0, modelId = '' } = settings;
  if (mode === 'codec') return `codec ${modelId} ${sigma} ${target === undefined ? quality : JSON.stringify(target)}`;
  return `denoise ${modelId} ${sigma} ${strength} ${texture}`;
}
