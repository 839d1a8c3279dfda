import { writeFileSync } from 'node:fs';
import { runEngine } from '../../src/engine/server/run-engine.ts';
import { standInHandlers } from './stand-in-handlers.ts';

/**
 * An engine process with the real frame and made-up work, for tests of everything around the work. It writes its
 * process id to the file named by STAND_IN_PID_FILE, for tests that look whether it is gone.
 */
const pidFile = process.env['STAND_IN_PID_FILE'];
if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
await runEngine(standInHandlers);
