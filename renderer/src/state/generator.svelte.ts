import type { GeneratedPictures } from '../../../src/shared/explore.ts';
import type { Host } from '../host/host.ts';
import { ExploreWork } from './explore-work.svelte.ts';

/** Directions that sliders are shown for. */
const mostSliders = 8;

/** Pictures that came from the engine, as the window shows them. */
export interface ShownPictures {
  bitmap: ImageBitmap;
  made: GeneratedPictures;
}

/** What a variational model makes up: a grid of samples, one picture with sliders, and the way between two photos. */
export class Generator {
  readonly #host: Host;
  readonly work = new ExploreWork();
  readonly moving = new ExploreWork();
  count = $state<'25' | '100' | '400'>('100');
  seed = $state(0);
  spread = $state(100);
  #modelId = $state('');
  #samples = $state.raw<ShownPictures | null>(null);
  #moved = $state.raw<ShownPictures | null>(null);
  #way = $state.raw<ShownPictures | null>(null);
  #offsets = $state.raw<readonly number[]>([]);

  constructor(host: Host) {
    this.#host = host;
  }

  get modelId(): string {
    return this.#modelId;
  }

  get samples(): ShownPictures | null {
    return this.#samples;
  }

  /** The picture that the sliders move. */
  get moved(): ShownPictures | null {
    return this.#moved;
  }

  get way(): ShownPictures | null {
    return this.#way;
  }

  /** In standard deviations, for each direction. */
  get offsets(): readonly number[] {
    return this.#offsets;
  }

  /** Takes a model, and shows what it makes. */
  async choose(modelId: string): Promise<void> {
    if (modelId === this.#modelId) return;
    this.#modelId = modelId;
    this.#samples = null;
    this.#moved = null;
    this.#way = null;
    await this.moving.do(async (options) => {
      const { deviations } = await this.#host.call('explore.directions', { modelId }, options);
      this.#offsets = deviations.slice(0, mostSliders).map(() => 0);
    });
    await this.sample();
  }

  /** Draws samples, and starts the sliders from the first of them. */
  async sample(): Promise<void> {
    const { seed } = this;
    const params = { modelId: this.#modelId, count: Number(this.count), seed, spread: this.spread / 100 };
    await this.work.do(async (options) => {
      this.#samples = await shown(await this.#host.call('explore.sample', params, options));
    });
    this.#offsets = this.#offsets.map(() => 0);
    await this.#move();
  }

  async sampleOthers(): Promise<void> {
    this.seed += 1;
    await this.sample();
  }

  async setOffset(which: number, value: number): Promise<void> {
    this.#offsets = this.#offsets.map((offset, at) => (at === which ? value : offset));
    await this.#move();
  }

  /** The way from one picture of a library of this model to another. */
  between(libraryId: string, from: number, to: number): Promise<void> {
    return this.work.do(async (options) => {
      this.#way = await shown(await this.#host.call('explore.between', { libraryId, from, to, steps: 12 }, options));
    });
  }

  save({ made }: ShownPictures): Promise<void> {
    return this.work.do(() => this.#host.save(made.bytes, made.suggestedName, made.mediaType));
  }

  #move(): Promise<void> {
    const start = { seed: this.seed, spread: this.spread / 100 };
    const params = { modelId: this.#modelId, start, offsets: [...this.#offsets] };
    return this.moving.do(async (options) => {
      this.#moved = await shown(await this.#host.call('explore.move', params, options));
    });
  }
}

async function shown(made: GeneratedPictures): Promise<ShownPictures> {
  const bytes = made.bytes as Uint8Array<ArrayBuffer>;
  return { made, bitmap: await createImageBitmap(new Blob([bytes], { type: made.mediaType })) };
}
