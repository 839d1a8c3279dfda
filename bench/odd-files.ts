/**
 * Reads every file of a folder as a photo, writes it again in memory, and prints a table of outcomes: each file must
 * end in a picture or in an error with a code. Exit status 1 when one ends in neither or takes too long.
 *
 *     node bench/odd-files.ts FOLDER [--json]
 */
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { toPellucidError } from '../src/shared/errors.ts';
import { encodePhoto, sameFormat } from '../src/image/encode-photo.ts';
import { readPhoto } from '../src/image/read-photo.ts';

const longestMs = 20_000;

interface Outcome {
  file: string;
  /** `ok` or the code of the error. */
  result: string;
  detail: string;
  readMs: number;
  writeMs: number;
}

async function tryFile(folder: string, file: string): Promise<Outcome> {
  const start = performance.now();
  let readMs = 0;
  try {
    const photo = await readPhoto({ path: join(folder, file) });
    readMs = performance.now() - start;
    const { format, bitDepth, notes } = photo.source;
    const dropped: string[] = [];
    await encodePhoto(photo, { format: sameFormat(format), onNote: (note) => dropped.push(note) });
    const { width, height, channels } = photo.pixels;
    const colour = `${channels === 1 ? 'grey' : 'RGB'}${photo.alpha === undefined ? '' : ' + alpha'}`;
    const detail = [`${format} ${width} x ${height}, ${colour}, ${bitDepth} bit`, ...notes, ...dropped].join('; ');
    return { file, result: 'ok', detail, readMs, writeMs: performance.now() - start - readMs };
  } catch (error) {
    const { code, message } = toPellucidError(error);
    return { file, result: code, detail: message, readMs: readMs || performance.now() - start, writeMs: 0 };
  }
}

async function main([folder, ...flags]: string[]): Promise<number> {
  if (folder === undefined) {
    console.error('Usage: node bench/odd-files.ts FOLDER [--json]');
    return 2;
  }
  const asJson = flags.includes('--json');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const counts = new Map<string, number>();
  let slowestMs = 0;
  for (const path of files.sort()) {
    const outcome = await tryFile(folder, relative(folder, path));
    const ms = outcome.readMs + outcome.writeMs;
    slowestMs = Math.max(slowestMs, ms);
    counts.set(outcome.result, (counts.get(outcome.result) ?? 0) + 1);
    const line = [outcome.result.padEnd(24), `${ms.toFixed(0).padStart(6)} ms`, outcome.file, outcome.detail];
    console.log(asJson ? JSON.stringify(outcome) : line.join('  '));
  }
  const summary = [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
  console.error(`${files.length} files: ${summary}; slowest ${(slowestMs / 1000).toFixed(2)} s`);
  return counts.has('INTERNAL') || slowestMs > longestMs ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
