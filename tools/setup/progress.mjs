const heartbeatMs = 15_000;
const startedAt = performance.now();

/**
 * Prints one line of progress with the seconds since the start. It goes to standard error, so that what a command
 * itself prints stays alone on standard output.
 * @param {string} text
 */
export function report(text) {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stderr.write(`[${seconds.padStart(6)} s] ${text}\n`);
}

/**
 * Does a piece of work that can take long: says so at the start, and every 15 seconds that it is still alive.
 * @template T
 * @param {string} text what is being done
 * @param {(say: (detail: string) => void) => Promise<T>} work takes a function for the detail of the next heartbeat
 * @returns {Promise<T>} what the work gives
 */
export async function step(text, work) {
  let detail = '';
  report(`${text} ...`);
  const timer = setInterval(() => report(`${text}${detail === '' ? '' : `: ${detail}`} ...`), heartbeatMs);
  try {
    return await work((next) => {
      detail = next;
    });
  } finally {
    clearInterval(timer);
  }
}
