import { createHandlers } from './handlers/create-handlers.ts';
import { runEngine } from './server/run-engine.ts';

/** The entry of the engine process. It is started by `src/engine-client`, never by hand. */
await runEngine(createHandlers);
