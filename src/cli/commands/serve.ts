import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../exit-codes.ts';

/** Options of `serve`, as commander gives them. */
export interface ServeOptions {
  port?: number;
  open: boolean;
}

/** Serves the window to a browser until Ctrl-C: runs the web host, which has an engine of its own. */
export async function serve({ port, open }: ServeOptions): Promise<void> {
  // In a checkout the sources run as they are; built, they are JavaScript.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const host = fileURLToPath(new URL(`../../web-host/main.${extension}`, import.meta.url));
  const args = [host, ...(port === undefined ? [] : ['--port', String(port)]), ...(open ? [] : ['--no-open'])];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; other signals are passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? exitCodes.cancelled;
}
