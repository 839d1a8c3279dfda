import type { WebSocket } from 'ws';

/** A page is asked this often whether it is still there. */
const beatMs = 15_000;
/** So many questions may stay open before it counts as gone. */
const maxMissed = 2;

/**
 * Ends the connection of a page that has gone without a word (a closed lid, a killed browser) or that has stopped
 * reading: neither answers a ping. One whose upload is held back here cannot be heard and is not asked.
 */
export function watchSocket(socket: WebSocket): void {
  let missed = 0;
  const beat = (): void => {
    if (socket.isPaused) return;
    if (missed >= maxMissed) socket.terminate();
    missed += 1;
    if (socket.readyState === socket.OPEN) socket.ping();
  };
  const timer = setInterval(beat, beatMs);
  const heard = (): void => {
    missed = 0;
  };
  socket.on('pong', heard);
  socket.on('message', heard);
  socket.on('close', () => clearInterval(timer));
}
