import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { channelFd, createStreamChannel } from '../rpc/child-process-transport.ts';
import { createRpcClient, type RpcClient } from '../rpc/client.ts';
import { PellucidError } from '../shared/errors.ts';
import type { EnginePaths } from './engine-paths.ts';

/** One run of the engine process, from its start to its end. */
export interface EngineProcess {
  readonly pid: number | undefined;
  readonly rpc: RpcClient;
  /** True once it has said that it takes calls. */
  readonly isReady: boolean;
  /** Closes the channel: the engine ends in order, and is ended if it does not within the time. */
  end(graceMs: number): Promise<void>;
  /** Ends it at once, whatever it does. */
  kill(): void;
}

/** How a run ended. */
export interface EngineExit {
  wasReady: boolean;
  /** In words: `exit code 70`, `signal SIGSEGV`, or why it could not be started. */
  reason: string;
  /** The last line that it wrote to its log, or an empty text. */
  lastLine: string;
}

export interface EngineProcessOptions extends EnginePaths {
  env: Record<string, string>;
  /** Gets what the process writes to its log, as it comes. */
  onLog: (text: string) => void;
  onReady: () => void;
  /** Called once, when the process is gone. */
  onExit: (exit: EngineExit) => void;
}

/** Time for a process whose channel has closed to be gone. */
const goneMs = 2000;
/** Time from the start until it must take calls: TensorFlow from a cold, slow disk takes many seconds. */
const readyMs = 120_000;

/**
 * Starts the engine. What prevents the start is told through `onExit`; ENGINE_START_FAILED is thrown only when the
 * system has no room for another process or pipe.
 */
export function startEngineProcess(options: EngineProcessOptions): EngineProcess {
  const child = spawnEngine(options);
  const channel = createStreamChannel(child.stdio[channelFd] as Duplex);
  // The exit of the process says why the channel closed, so open calls wait for that.
  const rpc = createRpcClient({ ...channel, onClose: () => undefined });
  let isReady = false;
  let lastLine = '';
  const kill = (): void => void child.kill('SIGKILL');
  const readyTimer = setTimeout(kill, readyMs);

  const exited = new Promise<void>((resolve) => {
    const ended = (reason: string): void => {
      clearTimeout(readyTimer);
      options.onExit({ wasReady: isReady, reason, lastLine });
      resolve();
    };
    child.once('error', (error) => {
      if (child.pid === undefined) ended(error.message);
    });
    child.once('exit', (code, signal) => {
      channel.close();
      ended(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  rpc.onEngineState(({ state }) => {
    if (isReady || state !== 'ready') return;
    isReady = true;
    clearTimeout(readyTimer);
    options.onReady();
  });
  channel.onClose(() => killAfter(goneMs, kill, exited));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastLine = text.trimEnd().split('\n').at(-1) || lastLine;
    options.onLog(text);
  });

  return {
    pid: child.pid,
    rpc,
    get isReady() {
      return isReady;
    },
    async end(graceMs) {
      child.stdin?.destroy();
      channel.close();
      killAfter(graceMs, kill, exited);
      await exited;
    },
    kill,
  };
}

function spawnEngine({ nodePath, enginePath, env }: EngineProcessOptions): ChildProcess {
  // Source runs as it is, and Node says on every start that this is new.
  const flags = enginePath.endsWith('.ts') ? ['--disable-warning=ExperimentalWarning'] : [];
  const child = spawn(nodePath, [...flags, enginePath], {
    env,
    // Standard input is never written to: its closing tells the engine that this process is gone.
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  // Too many open files: Node then makes no pipes at all, against its own types.
  if ((child.stdio as unknown[] | undefined)?.[channelFd] == null) throw noRoom();
  return child;
}

function killAfter(graceMs: number, kill: () => void, exited: Promise<void>): void {
  const timer = setTimeout(kill, graceMs);
  void exited.then(() => clearTimeout(timer));
}

function noRoom(): PellucidError {
  const message = 'The engine could not be started: the system has no room for another process. Close other programs.';
  return new PellucidError('ENGINE_START_FAILED', message);
}
