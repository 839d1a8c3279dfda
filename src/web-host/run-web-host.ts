import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createEngineClient, type EngineClient, type EngineClientOptions } from '../engine-client/engine-client.ts';
import { invalidArgument, toPellucidError } from '../shared/errors.ts';
import { openBrowser } from './open-browser.ts';
import { createWebHost, type WebHost } from './web-host.ts';

export interface WebHostSettings {
  /** Folder of the built renderer; the project's own when absent. */
  rendererFolder?: string;
  engine?: EngineClientOptions;
}

const exitCodes = { done: 0, failed: 1, misused: 2, interrupted: 130 } as const;

/**
 * Runs the web host until SIGINT or SIGTERM. Prints one line on standard output, which has the address, and problems
 * on standard error. Sets the exit code: 0 ended, 1 could not start, 2 wrong usage, 130 interrupted.
 * @param args `--port N` (default: a free one), `--no-open` (do not open a browser)
 */
export async function runWebHost(args: readonly string[], settings: WebHostSettings = {}): Promise<void> {
  const wanted = parseUsage(args);
  if (wanted === undefined) return;
  const { rendererFolder = defaultRendererFolder() } = settings;
  const engine = createEngineClient(settings.engine);
  try {
    const host = await createWebHost({ engine, rendererFolder, port: wanted.port });
    endOnSignals(host, engine);
    engine.start();
    process.stdout.write(`Pellucid is at ${host.address}\n`);
    if (wanted.opens) openBrowser(host.address);
  } catch (error) {
    process.stderr.write(`${toPellucidError(error).message}\n`);
    process.exitCode = exitCodes.failed;
    await engine.stop();
  }
}

function parseUsage(args: readonly string[]): { port: number; opens: boolean } | undefined {
  try {
    const options = { port: { type: 'string', default: '0' }, 'no-open': { type: 'boolean', default: false } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const port = Number(values.port);
    if (/^\d{1,5}$/.test(values.port) && port <= 65_535) return { port, opens: !values['no-open'] };
    throw invalidArgument('--port', 'a number from 0 to 65535', values.port);
  } catch (error) {
    process.stderr.write(`${toPellucidError(error).message}\n`);
    process.exitCode = exitCodes.misused;
    return undefined;
  }
}

/** The first signal ends everything in order, a second one at once; the engine then ends with its pipe. */
function endOnSignals(host: WebHost, engine: EngineClient): void {
  let isEnding = false;
  const end = async (code: number): Promise<void> => {
    if (isEnding) process.exit(code);
    isEnding = true;
    await Promise.all([host.close(), engine.stop()]);
    process.exit(code);
  };
  process.on('SIGINT', () => void end(exitCodes.interrupted));
  process.on('SIGTERM', () => void end(exitCodes.done));
}

/** `dist/renderer`, seen from the source of this file and from its build in `dist/src`. */
function defaultRendererFolder(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? '../../dist/renderer' : '../../renderer', import.meta.url));
}
