/** The `.pel` container: its types, and the functions that write, read and recognise it. */
export { looksLikePel } from './pel-format.ts';
export type { PelBlock, PelFile, PelHeader } from './pel-format.ts';
export { readPel } from './read-pel.ts';
export { writePel } from './write-pel.ts';
