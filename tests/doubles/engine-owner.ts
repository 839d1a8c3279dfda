import { fileURLToPath } from 'node:url';
import { createEngineClient } from '../../src/engine-client/engine-client.ts';

/** A process that owns an engine, gives it the job named on the command line, and prints the engine's process id. */
const engine = createEngineClient({ enginePath: fileURLToPath(new URL('stand-in-engine.ts', import.meta.url)) });
const name = process.argv[2] ?? '';
const { imageId } = await engine.call('image.open', { source: { bytes: new Uint8Array(1), name } });
const settings = { mode: 'codec', sigma: 'auto', quality: 50, strength: 100 } as const;
const job = engine.call('restore.run', { imageId, settings });
// Time for the job to begin: one that is deaf does not say so.
await Promise.race([job, new Promise((resolve) => setTimeout(resolve, 200))]);
process.stdout.write(`${engine.pid}\n`);
