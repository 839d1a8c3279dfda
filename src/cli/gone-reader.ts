import { exitCodes } from './exit-codes.ts';

/**
 * Ends the command without a word when whoever reads its output has gone, as in `pellucid ... | head`. The engine ends
 * with the command, and what it was writing is whole or not there.
 */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(exitCodes.readerGone);
    });
}
