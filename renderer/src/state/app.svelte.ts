import { createContext } from 'svelte';
import type { EngineState } from '../../../src/shared/contract.ts';
import type { PellucidError } from '../../../src/shared/errors.ts';
import { Viewport } from '../canvas/viewport.svelte.ts';
import type { BatchJob } from '../../../src/shared/params.ts';
import type { Host, PhotoFile } from '../host/host.ts';
import type { Text } from '../text/en.ts';
import type { Formats } from '../text/formats.ts';
import { BatchList } from './batch-list.svelte.ts';
import { Comparison } from './comparison.svelte.ts';
import { Explore } from './explore.svelte.ts';
import { Exporter } from './exporter.svelte.ts';
import { Installation } from './installation.svelte.ts';
import { ModelList } from './model-list.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Presets } from './presets.svelte.ts';
import { Preview } from './preview.svelte.ts';
import { Queue } from './queue.svelte.ts';
import { Restorer } from './restorer.svelte.ts';
import { Rivals } from './rivals.svelte.ts';
import { Training } from './training.svelte.ts';
import { RestoreOptions } from './restore-options.svelte.ts';

export const viewNames = ['restore', 'queue', 'train', 'models', 'explore', 'settings'] as const;
export type ViewName = (typeof viewNames)[number];

/** All panes at once; the noisy and the restored photo in one, divided by a line; or how far they differ. */
export type Layout = 'side' | 'wipe' | 'difference';

/** The whole state of the window, built once and handed down by context. */
export class App {
  readonly #host: Host;
  readonly preferences = new Preferences();
  readonly queue = new Queue();
  readonly batch: BatchList;
  readonly options = new RestoreOptions();
  readonly presets = new Presets();
  readonly viewport = new Viewport();
  readonly preview: Preview;
  readonly restorer: Restorer;
  readonly comparison: Comparison;
  readonly exporter: Exporter;
  readonly models: ModelList;
  readonly rivals: Rivals;
  readonly installation: Installation;
  readonly training: Training;
  readonly explore: Explore;
  #view = $state<ViewName>('restore');
  #layout = $state<Layout>('side');
  #isConnected = $state(true);
  #engine = $state.raw<EngineState>({ state: 'starting', message: '' });

  constructor(host: Host) {
    this.#host = host;
    this.preview = new Preview(host, this.options, this.viewport);
    this.restorer = new Restorer(host, this.queue, this.options, this.preview);
    this.comparison = new Comparison(host, this.viewport);
    this.exporter = new Exporter(host);
    this.batch = new BatchList(host);
    this.models = new ModelList(host);
    this.rivals = new Rivals(host);
    this.installation = new Installation(host);
    this.training = new Training(host, () => void this.models.load());
    this.explore = new Explore(host);
    host.onDisconnect(() => {
      this.#isConnected = false;
    });
    host.onOpenFiles((files) => this.addFiles(files));
    host.onEngineState((state) => {
      this.#engine = state;
      if (state.state === 'ready') void this.batch.watch();
      if (state.state !== 'ready' && state.state !== 'starting') this.restorer.engineLost();
    });
  }

  get view(): ViewName {
    return this.#view;
  }

  get layout(): Layout {
    return this.#layout;
  }

  /** False when the page has lost its host: nothing works until it is loaded again. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  get engine(): EngineState {
    return this.#engine;
  }

  /** True where the window works on the person's own files, and not on copies that a page has sent. */
  get worksOnOwnFiles(): boolean {
    return this.#host.kind === 'electron';
  }

  get text(): Text {
    return this.preferences.text;
  }

  get formats(): Formats {
    return this.preferences.formats;
  }

  show(view: ViewName): void {
    this.#view = view;
  }

  arrange(layout: Layout): void {
    this.#layout = layout;
  }

  /** Adds the files to the queue and shows them. */
  addFiles(files: readonly PhotoFile[]): void {
    if (files.length === 0) return;
    this.queue.add(files.map((file) => ({ kind: 'file', file })));
    this.#view = 'restore';
  }

  /** Lets the person choose photos and adds them. */
  async chooseFiles(): Promise<void> {
    this.addFiles(await this.#host.chooseFiles());
  }

  /** Hands the photos of the window to the queue, each with its settings, and shows it. */
  async exportAll(): Promise<void> {
    const jobs = this.queue.photos.flatMap((photo) => {
      const { source } = photo;
      if (source.kind !== 'file' || photo.state === 'failed') return [];
      const isPel = photo.info === null ? isPelName(photo.fileName) : photo.info.pel !== null;
      return [{ files: [source.file], job: this.exporter.jobFor(this.options.settingsFor(photo), isPel) }];
    });
    this.#view = 'queue';
    await this.batch.add(together(jobs));
  }

  /** Hands files to the queue with the settings of all photos. */
  async enqueue(files: readonly PhotoFile[]): Promise<void> {
    const settings = this.options.settingsForAll;
    const jobs = files.map((file) => ({ files: [file], job: this.exporter.jobFor(settings, isPelName(file.name)) }));
    await this.batch.add(together(jobs));
  }

  /** Lets the person choose photos for the queue. */
  async chooseForQueue(): Promise<void> {
    await this.enqueue(await this.#host.chooseFiles());
  }

  /** Lets the person choose photos to train on. */
  async chooseTrainingPhotos(kind: 'folder' | 'files'): Promise<void> {
    await this.addTrainingPhotos(await this.#choose(kind));
  }

  /** Lets the person choose photos to explore. */
  async choosePhotosToExplore(kind: 'folder' | 'files'): Promise<void> {
    await this.explore.add(await this.#choose(kind));
  }

  /** Adds photos to train on, under the name of their folder. */
  async addTrainingPhotos(files: readonly PhotoFile[]): Promise<void> {
    const [first] = files;
    if (first === undefined) return;
    const folder = first instanceof File ? first.webkitRelativePath.split('/')[0] : '';
    await this.training.plan.add(files, folder || first.name);
  }

  #choose(kind: 'folder' | 'files'): Promise<PhotoFile[]> {
    return kind === 'folder' ? this.#host.chooseFolder() : this.#host.chooseFiles();
  }

  /** An error in the person's language. */
  sentenceOf(error: PellucidError): string {
    return this.text.errors[error.code](error.subject ?? '', error.message);
  }
}

interface FilesForJob {
  files: PhotoFile[];
  job: BatchJob;
}

/** Neighbours with the same job as one, so that they share their counter and their message. */
function together(jobs: readonly FilesForJob[]): FilesForJob[] {
  const groups: FilesForJob[] = [];
  for (const { files, job } of jobs) {
    const last = groups.at(-1);
    if (last !== undefined && JSON.stringify(last.job) === JSON.stringify(job)) last.files.push(...files);
    else groups.push({ files: [...files], job });
  }
  return groups;
}

function isPelName(name: string): boolean {
  return name.toLowerCase().endsWith('.pel');
}

/** The state that the component is part of, and its setter for the root. */
export const [useApp, provideApp] = createContext<App>();
