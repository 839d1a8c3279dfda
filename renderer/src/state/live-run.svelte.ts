import type { RunDetails, TrainEvent } from '../../../src/shared/training.ts';

export interface Points {
  steps: readonly number[];
  values: readonly number[];
}

export type LiveState =
  'starting' | 'running' | 'paused' | 'stopping' | 'finished' | 'stopped' | 'failed' | 'interrupted';
type StepEvent = Extract<TrainEvent, { type: 'step' }>;

/** Points that a line keeps; beyond, every second one is dropped. */
const mostPoints = 600;

/** One training as it is watched: its curves, its newest figures and its picture. */
export class LiveRun {
  #runId = $state('');
  #state = $state<LiveState>('starting');
  #curves = $state.raw<Readonly<Record<string, Points>>>({});
  #last = $state.raw<StepEvent | null>(null);
  #totalSteps = $state<number | null>(null);
  #sample = $state.raw<ImageBitmap | null>(null);
  #modelId = $state<string | null>(null);
  #best = $state.raw<{ step: number; metrics: Record<string, number> } | null>(null);
  #happenings = $state.raw<readonly TrainEvent[]>([]);
  #message = $state('');

  get runId(): string {
    return this.#runId;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** The newest step; null before the first one. */
  get last(): StepEvent | null {
    return this.#last;
  }

  get totalSteps(): number | null {
    return this.#totalSteps;
  }

  /** The fixed crop: as it goes in, as it comes out, as it should be. */
  get sample(): ImageBitmap | null {
    return this.#sample;
  }

  /** The model that came out. */
  get modelId(): string | null {
    return this.#modelId;
  }

  get best(): { step: number; metrics: Record<string, number> } | null {
    return this.#best;
  }

  /** What went otherwise than planned, oldest first. */
  get happenings(): readonly TrainEvent[] {
    return this.#happenings;
  }

  get message(): string {
    return this.#message;
  }

  get isActive(): boolean {
    return ['starting', 'running', 'paused', 'stopping'].includes(this.#state);
  }

  /** The metric that is watched: PSNR where there is one. */
  get metric(): string | null {
    const names = Object.keys(this.#curves).filter((name) => name.startsWith('validation/'));
    return (names.find((name) => name === 'validation/psnr') ?? names[0])?.slice('validation/'.length) ?? null;
  }

  curve(name: string): Points {
    return this.#curves[name] ?? { steps: [], values: [] };
  }

  take(event: TrainEvent): void {
    switch (event.type) {
      case 'started':
        this.#runId = event.runId;
        this.#totalSteps = event.totalSteps;
        this.#state = 'running';
        break;
      case 'step':
        this.#last = event;
        this.#totalSteps = event.totalSteps;
        this.#add('loss', event.step, event.loss);
        break;
      case 'validated':
        for (const [name, value] of Object.entries(event.metrics)) this.#add(`validation/${name}`, event.step, value);
        for (const [name, value] of Object.entries(event.trainMetrics))
          this.#add(`training/${name}`, event.step, value);
        if (event.isBest) this.#best = { step: event.step, metrics: event.metrics };
        void this.#show(event.samplePng);
        break;
      case 'paused':
        this.#state = 'paused';
        break;
      case 'resumed':
        this.#state = 'running';
        break;
      case 'finished':
        this.#modelId = event.modelId;
        this.#state = event.stoppedBy === 'user' ? 'stopped' : 'finished';
        break;
      case 'recovered':
      case 'photoSkipped':
      case 'stoppedEarly':
        this.#happenings = [...this.#happenings, event];
        break;
      case 'failed':
      case 'epochEnded':
      case 'checkpointSaved':
        break;
    }
  }

  /** A run as it lies on disk. */
  async load(details: RunDetails): Promise<void> {
    this.#runId = details.runId;
    this.#state = details.state;
    this.#totalSteps = details.totalSteps;
    this.#curves = Object.fromEntries(details.curves.map(({ name, steps, values }) => [name, { steps, values }]));
    this.#best = details.best;
    this.#modelId = details.modelId;
    this.#message = details.message;
    for (const { event } of details.happenings) this.take(event);
    this.#state = details.state;
    await this.#show(details.samplePng);
  }

  stopping(): void {
    this.#state = 'stopping';
  }

  finished(modelId: string, byUser: boolean): void {
    this.#modelId = modelId;
    this.#state = byUser ? 'stopped' : 'finished';
  }

  failed(message: string): void {
    this.#state = 'failed';
    this.#message = message;
  }

  #add(name: string, step: number, value: number): void {
    const { steps, values } = this.curve(name);
    const isFull = steps.length >= mostPoints;
    const keep = (_: number, index: number) => !isFull || index % 2 === 0;
    const points = { steps: [...steps.filter(keep), step], values: [...values.filter(keep), value] };
    this.#curves = { ...this.#curves, [name]: points };
  }

  async #show(png: Uint8Array | null): Promise<void> {
    if (png === null) return;
    const before = this.#sample;
    this.#sample = await createImageBitmap(new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
    before?.close();
  }
}
