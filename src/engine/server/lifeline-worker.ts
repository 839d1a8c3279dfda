import { Socket } from 'node:net';

/**
 * A thread that does nothing but hold the engine's standard input, a pipe whose other end the parent keeps open for as
 * long as it lives. When the parent is gone, however it went, the main thread learns it from its own channel and ends
 * in order; this thread ends the process when that does not happen, because the main thread is inside a long native
 * computation. Nothing is polled.
 */

/** Less than the 2 s after which no process may be left behind. */
const graceMs = 1200;

const lifeline = new Socket({ fd: 0, readable: true, writable: false });
lifeline.on('error', () => undefined);
lifeline.once('close', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs));
lifeline.resume();
