import { availableParallelism } from 'node:os';
import type { Call, CallOptions } from '../rpc/client.ts';
import type { EngineState } from '../shared/contract.ts';
import { PellucidError, toPellucidError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { lanes } from '../shared/lanes.ts';
import type { CallName } from '../shared/params.ts';
import { engineEnvironment } from './engine-environment.ts';
import { enginePaths } from './engine-paths.ts';
import { readMachineSettings } from './machine-settings-file.ts';
import { startEngineProcess, type EngineExit, type EngineProcess } from './engine-process.ts';

/**
 * The engine as seen from the process that owns it. It is started by the first call (or by `start`), watched, started
 * again after a crash, and ended with `stop`, which has to be called for the owner to be able to end.
 */
export interface EngineClient {
  /**
   * Does one call of the contract. Rejects with a PellucidError: what the engine answers, ENGINE_START_FAILED,
   * ENGINE_CRASHED when the process ended meanwhile (the next call works again), or ABORTED. Heavy work that does not
   * stop within `limits.cancelGraceMs` of its cancelling is ended with its process, which is then started again.
   */
  call: Call;
  readonly state: EngineState;
  /** Calls the listener for every later state; gives the function that ends this. */
  onState(listener: (state: EngineState) => void): () => void;
  /** Process id of the engine while there is one. */
  readonly pid: number | undefined;
  /** Starts the engine, so that the first call does not wait for it. */
  start(): void;
  /** Ends the engine and rejects what is open with ABORTED. Later calls are rejected too. */
  stop(): Promise<void>;
}

export interface EngineClientOptions {
  /** Node binary and entry of the engine; found by themselves when absent. */
  nodePath?: string;
  enginePath?: string;
  /** Set in the engine's environment beside this process's own. */
  env?: Readonly<Record<string, string>>;
  /** Gets what the engine writes to its log. */
  onLog?: (text: string) => void;
  /** Done once, before the engine is started for the first time; where it throws, the engine is never started. */
  beforeStart?: () => Promise<void>;
}

/** Crashes within this time before the engine is given up, until the time has passed. */
const crashLimit = 5;
const crashWindowMs = 60_000;
/** How an engine ends that has run out of memory: by the system, by C++, or by a library that did not look. */
const outOfMemorySignals = /SIGKILL|SIGABRT|SIGSEGV/;
/** Tiles are halved at each such end, down to this part of their usual pixels. */
const leastTileShare = 1 / 8;
/** Time for the engine to end by itself when it is stopped. */
const stopGraceMs = 2000;

/** Creates the client; nothing is started yet. */
export function createEngineClient(options: EngineClientOptions = {}): EngineClient {
  return new Supervisor(options);
}

class Supervisor implements EngineClient {
  readonly #options: EngineClientOptions;
  readonly #listeners = new Set<(state: EngineState) => void>();
  #state: EngineState = { state: 'stopped', message: '' };
  #process: EngineProcess | undefined;
  #crashes: number[] = [];
  #openTrainings = 0;
  #tileShare = 1;
  #isStopped = false;
  #preparation: Promise<void> | undefined;

  constructor(options: EngineClientOptions) {
    this.#options = options;
  }

  get state(): EngineState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  onState(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#isStopped || this.#hasCrashedTooOften()) return;
    if (this.#options.beforeStart === undefined) return void this.#ensureProcess('starting');
    // A preparation that failed is told by the state, and by every call.
    const started = this.#prepare().then(() => this.#ensureProcess('starting'));
    started.catch(() => undefined);
  }

  readonly call: Call = async (name, params, options = {}) => {
    if (this.#options.beforeStart !== undefined) await this.#prepare();
    const engine = this.#ensureProcess('starting');
    if (lanes[name] === 'training') this.#openTrainings += 1;
    const guard = this.#guardCancel(engine, name, options);
    try {
      return await Promise.race([engine.rpc.call(name, params, options), guard.forced]);
    } catch (error) {
      // A signal to the whole group of processes, as a service manager sends it, ends the engine too.
      const hasGone = error instanceof PellucidError && error.code === 'ENGINE_CRASHED';
      throw hasGone && options.signal?.aborted === true ? cancelled() : error;
    } finally {
      guard.release();
      if (lanes[name] === 'training') this.#openTrainings -= 1;
    }
  };

  async stop(): Promise<void> {
    this.#isStopped = true;
    const engine = this.#process;
    this.#process = undefined;
    this.#setState('stopped', '');
    engine?.rpc.fail(stopped());
    await engine?.end(stopGraceMs);
  }

  #prepare(): Promise<void> {
    if (this.#isStopped) return Promise.reject(stopped());
    if (this.#preparation === undefined) {
      this.#setState('starting', '');
      this.#preparation = this.#options.beforeStart?.().catch((error: unknown) => {
        const failure = toPellucidError(error);
        if (!this.#isStopped) this.#setState('failed', failure.message);
        throw failure;
      });
    }
    return this.#preparation ?? Promise.resolve();
  }

  #ensureProcess(state: 'starting' | 'restarting', message = ''): EngineProcess {
    if (this.#isStopped) throw stopped();
    if (this.#process !== undefined) return this.#process;
    if (this.#hasCrashedTooOften()) throw new PellucidError('ENGINE_CRASHED', givenUp);
    this.#setState(state, message);
    const { env = {}, onLog = () => undefined, ...paths } = this.#options;
    const engine: EngineProcess = startEngineProcess({
      ...enginePaths(),
      ...paths,
      env: this.#environment({ ...process.env, ...env }),
      onLog,
      onReady: () => this.#setState('ready', ''),
      onExit: (exit) => this.#handleExit(engine, exit),
    });
    this.#process = engine;
    return engine;
  }

  #environment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
    const settings = readMachineSettings(env);
    return engineEnvironment(env, { cores: availableParallelism(), settings, tileShare: this.#tileShare });
  }

  #handleExit(engine: EngineProcess, exit: EngineExit): void {
    // One that was ended from here is already replaced.
    if (this.#process !== engine) return;
    this.#crashes.push(Date.now());
    if (outOfMemorySignals.test(exit.reason)) this.#tileShare = Math.max(leastTileShare, this.#tileShare / 2);
    if (exit.wasReady) this.#startAgain(engine, `stopped unexpectedly (${exit.reason})`);
    else this.#failStart(engine, exit);
  }

  #startAgain(engine: EngineProcess, event: string): void {
    this.#process = undefined;
    const isGivenUp = this.#hasCrashedTooOften();
    if (isGivenUp) this.#setState('failed', givenUp);
    else this.#ensureProcess('restarting', `The engine ${event} and is starting again.`);
    const again = isGivenUp ? givenUp : 'It has been started again; repeat the work.';
    engine.rpc.fail(new PellucidError('ENGINE_CRASHED', `The engine ${event}. ${again}`));
  }

  /** One that never took a call would most likely fail again at once: the next call tries. */
  #failStart(engine: EngineProcess, { reason, lastLine }: EngineExit): void {
    this.#process = undefined;
    const details = lastLine === '' ? reason : `${reason}, ${lastLine}`;
    const message = `The engine could not be started (${details}). Install Pellucid again, or run \`pellucid doctor\`.`;
    this.#setState('failed', message);
    engine.rpc.fail(new PellucidError('ENGINE_START_FAILED', message));
  }

  #hasCrashedTooOften(): boolean {
    const since = Date.now() - crashWindowMs;
    this.#crashes = this.#crashes.filter((time) => time > since);
    return this.#crashes.length >= crashLimit;
  }

  /** Rejects with ABORTED, and ends the process, when a cancelled call has not ended in time. */
  #guardCancel<K extends CallName>(engine: EngineProcess, name: K, { signal }: CallOptions<K>) {
    let timer: NodeJS.Timeout | undefined;
    let startTimer = (): void => undefined;
    const forced = new Promise<never>((_resolve, reject) => {
      const force = (): void => {
        reject(cancelled());
        // One that is still starting finds the cancel right behind the request.
        if (!engine.isReady || this.#process !== engine) return;
        engine.kill();
        this.#startAgain(engine, 'was ended to stop work that did not end');
      };
      startTimer = () => {
        // While it trains, the engine answers between two steps only, and killing it would end the training too.
        timer = setTimeout(force, this.#openTrainings > 0 ? limits.trainingGraceMs : limits.cancelGraceMs);
      };
    });
    const canBeForced = lanes[name] === 'heavy' || lanes[name] === 'training';
    if (canBeForced) signal?.addEventListener('abort', startTimer, { once: true });
    return {
      forced,
      release(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', startTimer);
      },
    };
  }

  #setState(state: EngineState['state'], message: string): void {
    this.#state = { state, message };
    for (const listener of this.#listeners) listener(this.#state);
  }
}

function cancelled(): PellucidError {
  return new PellucidError('ABORTED', 'Cancelled.');
}

function stopped(): PellucidError {
  return new PellucidError('ABORTED', 'The engine has been stopped.');
}

const givenUp = `It has stopped ${crashLimit} times within a minute and is not started again for now. Wait a minute and repeat the work; if that does not help, run \`pellucid doctor\`.`;
