import { fileURLToPath } from 'node:url';
import { runWebHost } from '../../src/web-host/run-web-host.ts';

/** The web host as a process, on the stand-in engine: the folder of the page, then the host's own arguments. */
const [rendererFolder = '', ...args] = process.argv.slice(2);
const enginePath = fileURLToPath(new URL('stand-in-engine.ts', import.meta.url));
await runWebHost(args, { rendererFolder, engine: { enginePath } });
