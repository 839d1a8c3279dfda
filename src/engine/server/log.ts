/**
 * Writes a line to the engine's log, which is its standard error: whoever started the engine decides where it goes.
 * @param text one line without photo contents; paths only where the line is about the file
 */
export function logLine(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}
