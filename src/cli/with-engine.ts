import { createEngineClient } from '../engine-client/engine-client.ts';
import type { EngineClient } from '../engine-client/engine-client.ts';
import { isAborted, toPellucidError } from '../shared/errors.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output } from './output.ts';

export interface EngineWork {
  engine: EngineClient;
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal;
}

/**
 * Runs a command's work with an engine of its own, which is ended afterwards whatever happens. The first Ctrl-C
 * cancels, a second one ends at once. Sets the exit code for work that throws.
 */
export async function withEngine(output: Output, work: (context: EngineWork) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const cancel = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.cancelled);
    output.note('Cancelling; press Ctrl-C again to end at once.');
    controller.abort();
  };
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  const engine = createEngineClient({ onLog: (text) => logFor(output, text) });
  try {
    await work({ engine, signal: controller.signal });
    if (controller.signal.aborted) process.exitCode = exitCodes.cancelled;
  } catch (error) {
    if (isAborted(error)) process.exitCode = exitCodes.cancelled;
    else {
      output.failure(toPellucidError(error));
      process.exitCode = exitCodes.failed;
    }
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    await engine.stop();
  }
}

/** The engine's log is for those who ask for it. */
function logFor(output: Output, text: string): void {
  if (process.env['PELLUCID_LOG'] !== undefined) output.note(text.trimEnd());
}
