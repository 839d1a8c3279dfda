import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Case } from './rounds.ts';

const child = fileURLToPath(new URL('tile-handling-child.ts', import.meta.url));

/**
 * What becomes of a photo's pixels beside all arithmetic: cutting tiles, handing them to TensorFlow and back, putting
 * them together. In processor time, which other work on the machine does not touch, and not relative to arithmetic,
 * which varies with other things than moving bytes does. Each round has a process of its own, since it depends on where
 * the memory of a process lies. With `PELLUCID_BENCH_EXTRA_COPY` set to anything, every tile is copied once more on its
 * way in and out: the comparison must notice.
 */
export function tileHandling(): Case {
  const run = async (): Promise<number> => {
    const { stdout } = await promisify(execFile)(process.execPath, [child]);
    return Number(stdout);
  };
  return { id: 'tile handling, processor time', unit: 'ms/MP', better: 'lower', isRelative: false, run };
}
