import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createEngineClient } from '../../src/engine-client/engine-client.ts';
import type { EngineClient } from '../../src/engine-client/engine-client.ts';
import { toPellucidError } from '../../src/shared/errors.ts';
import type { Operation } from '../../src/shared/params.ts';

/** What came of one file. */
export interface OddOutcome {
  /** Path below the folder. */
  file: string;
  /** `picture`, or the code of the error. */
  result: string;
  /** Size, format and notes of the picture, or what the error says. */
  detail: string;
  seconds: number;
  /** The engine that did it is no more. */
  endedEngine: boolean;
}

/** Longest that a call on one file may take. */
const longestSeconds = 20;

/** True for an outcome that no file may have. */
export function isFault({ result, seconds, endedEngine }: OddOutcome): boolean {
  return endedEngine || result === 'INTERNAL' || result === 'ENGINE_CRASHED' || seconds > longestSeconds;
}

/** Hands every file below a folder to the engine, in the order of their names, and gives what came of each. */
export async function* tryFiles(folder: string, operation: Operation): AsyncGenerator<OddOutcome> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const workFolder = await mkdtemp(join(tmpdir(), 'pellucid-odd-'));
  const engine = createEngineClient({ env: { PELLUCID_DATA: join(workFolder, 'data') } });
  try {
    await engine.call('engine.info', {});
    for (const path of paths.toSorted()) {
      const before = engine.pid;
      const started = performance.now();
      const { result, detail } = await tryFile(engine, path, operation, join(workFolder, 'out'));
      const seconds = (performance.now() - started) / 1000;
      yield { file: relative(folder, path), result, detail, seconds, endedEngine: engine.pid !== before };
    }
  } finally {
    await engine.stop();
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function tryFile(
  engine: EngineClient,
  input: string,
  operation: Operation,
  outDir: string,
): Promise<{ result: string; detail: string }> {
  try {
    const outcome = await engine.call('file.process', {
      operation,
      input,
      outDir,
      settings: { mode: operation === 'denoise' ? 'denoise' : 'codec', sigma: 'auto', quality: 50, strength: 100 },
      encoding: { format: 'same', metadata: 'keep' },
      overwrite: true,
    });
    const { width, height, bytesIn, bytesOut, notes } = outcome;
    return {
      result: 'picture',
      detail: [`${width} x ${height}, ${bytesIn} to ${bytesOut} bytes`, ...notes].join('; '),
    };
  } catch (error) {
    const { code, message } = toPellucidError(error);
    return { result: code, detail: message };
  }
}
