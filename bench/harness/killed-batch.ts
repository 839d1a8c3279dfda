import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encodePhoto } from '../../src/image/encode-photo.ts';
import { readPhoto } from '../../src/image/read-photo.ts';
import type { Pixels } from '../../src/shared/pixels.ts';

export interface KilledBatchOptions {
  /** Empty folder to work in. */
  folder: string;
  /** All photos, the broken ones included. */
  photos: number;
  broken: number;
  /** What is run: program and its first arguments. */
  command: readonly string[];
}

export interface KilledBatchResult {
  /** Whole results when the batch was killed. */
  beforeKill: number;
  /** Photos without a result, or with one that has not the photo's pixels. */
  wrong: string[];
  /** Files in the folder of the results beside one for each good photo. */
  surplus: string[];
  /** Photos that both runs say they have written. */
  twice: string[];
  /** Broken photos that the second run has not named, and good ones that it has. */
  misnamed: string[];
}

/**
 * Starts a batch of small PNGs on the command line, kills all its processes with SIGKILL when half of the results are
 * there, starts it again, and looks at what came of each photo. The denoiser's strength is 0, so that a result has the
 * very pixels of its photo. Throws where the batch ends before it can be killed.
 */
export async function runKilledBatch(options: KilledBatchOptions): Promise<KilledBatchResult> {
  const input = join(options.folder, 'photos');
  const out = join(options.folder, 'out');
  const broken = await makePhotos(input, options);
  const first = start(options, input, out);
  while ((await resultsIn(out)).length < options.photos / 2) {
    if (first.hasEnded()) throw new Error('The batch ended before half of it was done.');
    await delay(20);
  }
  first.kill();
  const firstLines = await first.lines;
  const beforeKill = (await resultsIn(out)).length;
  const secondLines = await start(options, input, out).lines;

  const good = (await readdir(input)).filter((name) => !broken.has(name)).toSorted();
  const wrong: string[] = [];
  for (const name of good) if (!(await hasSamePixels(join(input, name), join(out, name)))) wrong.push(name);
  const written = new Set(firstLines.filter(({ output }) => output !== undefined).map(({ input: photo }) => photo));
  const again = secondLines.filter(({ output, input: photo }) => output !== undefined && written.has(photo));
  const failed = new Set(secondLines.filter(({ error }) => error !== undefined).map((line) => basename(line.input)));
  return {
    beforeKill,
    wrong,
    surplus: (await readdir(out)).filter((name) => !good.includes(name)),
    twice: again.map((line) => line.input),
    misnamed: [...failed, ...broken].filter((name) => failed.has(name) !== broken.has(name)),
  };
}

/** Every photo has pixels of its own. Broken ones are spread among the others. */
async function makePhotos(folder: string, { photos, broken }: KilledBatchOptions): Promise<Set<string>> {
  await mkdir(folder);
  const names = new Set<string>();
  for (let index = 0; index < photos; index++) {
    const name = `photo-${String(index).padStart(5, '0')}.png`;
    const data = Uint8Array.from(
      { length: 40 * 30 * 3 },
      (_, i) => (i < 4 ? index >> (8 * i) : i * i * 7 + index) & 255,
    );
    const pixels: Pixels = { width: 40, height: 30, channels: 3, data };
    const bytes = await encodePhoto({ pixels, metadata: {} }, { format: 'png' });
    const isBroken = Math.floor(((index + 1) * broken) / photos) > Math.floor((index * broken) / photos);
    if (isBroken) names.add(name);
    await writeFile(join(folder, name), isBroken ? bytes.subarray(0, bytes.length / 2) : bytes);
  }
  return names;
}

/** What is on a line of `--json`. */
interface Line {
  input: string;
  output?: string;
  error?: { code: string };
}

function start({ command, folder }: KilledBatchOptions, input: string, out: string) {
  const [program = '', ...args] = command;
  const child = spawn(
    program,
    [...args, 'denoise', input, '--out', out, '--sigma', '10', '--strength', '0', '--json'],
    {
      // A process group of its own, so that the engine is killed with the command.
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PELLUCID_DATA: join(folder, 'data') },
    },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const lines = new Promise<Line[]>((resolve) => {
    child.once('close', () => resolve(text.split('\n').flatMap(parseLine)));
  });
  return {
    lines,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill: () => void (child.pid === undefined || process.kill(-child.pid, 'SIGKILL')),
  };
}

/** The last line of a killed process may be cut off. */
function parseLine(line: string): Line[] {
  try {
    return [JSON.parse(line) as Line];
  } catch {
    return [];
  }
}

async function resultsIn(out: string): Promise<string[]> {
  const names = await readdir(out).catch(() => []);
  return names.filter((name) => extname(name) === '.png' && !name.startsWith('.'));
}

async function hasSamePixels(photo: string, result: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([readFile(photo), readFile(result)]);
    const decoded = await Promise.all([a, b].map((bytes) => readPhoto({ bytes, name: photo })));
    const [before, after] = decoded.map(({ pixels }) => Buffer.from(pixels.data));
    return before !== undefined && after !== undefined && before.equals(after);
  } catch {
    return false;
  }
}
