import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { channelFd, createStreamChannel } from '../../rpc/child-process-transport.ts';
import { createRpcServer } from '../../rpc/server.ts';
import type { EngineState } from '../../shared/contract.ts';
import { dataFolder } from '../../shared/data-folder.ts';
import { createDispatcher } from './dispatcher.ts';
import type { EngineOptions, Handlers } from './handlers.ts';
import { createLaneQueue } from './lane-queue.ts';
import { logLine } from './log.ts';

/**
 * The frame of the engine process: a channel to the parent on fd 3, calls answered by handlers, the log on standard
 * error. The process lives as long as its parent does, and no longer.
 */

/** Time for open calls to end after the parent has gone; the lifeline thread ends the process soon after. */
const farewellMs = 1000;
const exitCodes = { misused: 2, crashed: 70 } as const;

/** Runs the process until the parent goes. Called once, by the entry of the process. */
export async function runEngine(
  createHandlers: (options: EngineOptions) => Handlers | Promise<Handlers>,
): Promise<void> {
  if (!hasChannel()) {
    process.stderr.write('This is the engine of Pellucid, which the app starts by itself. Run `pellucid --help`.\n');
    process.exit(exitCodes.misused);
  }
  endOnCrash();
  // Ctrl+C goes to every process of the terminal. What it means is for the parent to decide.
  process.on('SIGINT', () => undefined);
  const channel = createStreamChannel(new Socket({ fd: channelFd, readable: true, writable: true }));
  startLifeline();
  const lanes = createLaneQueue();
  const handlers = await createHandlers({ ...engineOptions(), lanes });
  const server = createRpcServer(channel, createDispatcher(handlers, lanes, logLine));
  const leave = async (): Promise<void> => {
    setTimeout(end, farewellMs).unref();
    await server.settled();
    end();
  };
  channel.onClose(() => void leave());
  process.once('SIGTERM', () => channel.close());
  server.broadcast({ state: 'ready', message: '' } satisfies EngineState);
}

/**
 * Ends the process without a farewell to its threads. `process.exit` waits for every one of them, and one that the
 * system holds in a call, such as opening a file on a network that is gone, never comes back.
 */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function hasChannel(): boolean {
  try {
    const pipe = fstatSync(channelFd);
    return pipe.isSocket() || pipe.isFIFO();
  } catch {
    return false;
  }
}

/** After an error that nobody caught the state of the process is unknown: it says so and ends, and is started anew. */
function endOnCrash(): void {
  const crash = (error: unknown): void => {
    logLine(`crash: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    // The parent sees the channel close, and ends the process where a thread keeps it from ending by itself.
    closeSync(channelFd);
    process.exit(exitCodes.crashed);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  // The reader of the log has gone with the parent: that is no crash, and there is nobody left to tell.
  process.stderr.on('error', () => undefined);
}

function startLifeline(): void {
  new Worker(new URL(`./lifeline-worker.${isSource() ? 'ts' : 'js'}`, import.meta.url)).unref();
}

function engineOptions(): Omit<EngineOptions, 'lanes'> {
  const root = new URL(isSource() ? '../../../' : '../../../../', import.meta.url);
  const about = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  return {
    dataFolder: dataFolder(process.platform, process.env, homedir()),
    assetsFolder: fileURLToPath(new URL('assets', root)),
    pellucidVersion: about.version,
  };
}

/** True in a checkout that runs without a build; a build is one folder further down. */
function isSource(): boolean {
  return import.meta.url.endsWith('.ts');
}
