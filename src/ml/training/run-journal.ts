import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Params } from '../../shared/params.ts';
import type { TrainEvent } from '../../shared/training.ts';
import { EventFile } from './event-file.ts';
import { appendToLog, mendLog, runFiles, runWriteError, writeRunFile, writeSample } from './run-folder.ts';
import { figuresOf } from './run-history.ts';

/** What a run's folder says about the run itself. */
export interface RunAbout {
  /** As `train.start` was given it. */
  config: Params<'train.start'>;
  /** Paths of the photos that are never trained on; empty for data that is no photos. */
  heldOut: readonly string[];
}

/** Writes down all that happens in a run: log, TensorBoard's file, pictures; and tells it to whoever listens. */
export class RunJournal {
  readonly #runDir: string;
  readonly #about: RunAbout;
  readonly #onEvent: (event: TrainEvent) => void;
  #events: EventFile;

  private constructor(runDir: string, about: RunAbout, onEvent: (event: TrainEvent) => void, events: EventFile) {
    this.#runDir = runDir;
    this.#about = about;
    this.#onEvent = onEvent;
    this.#events = events;
  }

  /**
   * Begins, or goes on with, the journal of a run.
   * @param step that the run is at
   * @throws {PellucidError} DISK_FULL, PERMISSION_DENIED, ...
   */
  static async open(
    runDir: string,
    about: RunAbout,
    step: number,
    onEvent: (event: TrainEvent) => void,
  ): Promise<RunJournal> {
    await writeAbout(runDir, about);
    await mendLog(runDir);
    return new RunJournal(runDir, about, onEvent, await createEvents(runDir, step));
  }

  async tell(event: TrainEvent): Promise<void> {
    this.#onEvent(event);
    const written = event.type === 'validated' ? { ...event, samplePng: null } : event;
    await appendToLog(this.#runDir, JSON.stringify({ time: new Date().toISOString(), ...written }));
    try {
      const figures = figuresOf(event);
      if (Object.keys(figures).length > 0) await this.#events.scalars(event.step, figures);
      if (event.type !== 'validated' || event.samplePng === null) return;
      await this.#events.picture(event.step, 'sample', event.samplePng);
    } catch (error) {
      throw runWriteError(error, this.#runDir);
    }
    await writeSample(this.#runDir, event.step, event.samplePng);
  }

  /**
   * Makes the folder again where somebody has removed it.
   * @returns true where it was gone
   */
  async mend(step: number): Promise<boolean> {
    const isThere = await access(join(this.#runDir, runFiles.config)).then(
      () => true,
      () => false,
    );
    if (isThere) return false;
    await writeAbout(this.#runDir, this.#about);
    await this.#events.close();
    this.#events = await createEvents(this.#runDir, step);
    return true;
  }

  async close(): Promise<void> {
    await this.#events.close();
  }
}

async function writeAbout(runDir: string, { config, heldOut }: RunAbout): Promise<void> {
  await writeRunFile(runDir, runFiles.heldOut, `${JSON.stringify(heldOut, null, 2)}\n`);
  await writeRunFile(runDir, runFiles.config, `${JSON.stringify(config, null, 2)}\n`);
  await writeRunFile(runDir, runFiles.lock, `${process.pid}\n`);
}

async function createEvents(runDir: string, step: number): Promise<EventFile> {
  try {
    return await EventFile.create(runDir, step);
  } catch (error) {
    throw runWriteError(error, runDir);
  }
}
