import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModelComparison, ModelKind } from '../../shared/contract.ts';
import { toPellucidError } from '../../shared/errors.ts';
import { writeSynced } from './model-package.ts';

/** What the person has chosen and measured about models; beside the packages, so that it survives their renaming. */
export interface ModelChoices {
  /** Id of the model to use for a kind when none is named; the bundled one where a kind is absent. */
  defaults: Partial<Record<ModelKind, string>>;
  /** The last comparison of a model, by the hash of its weights: other weights are another model. */
  comparisons: Record<string, ModelComparison>;
}

const fileName = 'choices.json';

const figures = z.object({
  psnr: z.number(),
  ssim: z.number().nullable(),
  bpp: z.number().nullable(),
  loss: z.number().nullable(),
});
const kind = z.enum(['dense', 'denoiser', 'codec', 'variational']);
const comparison = z.object({
  id: z.string(),
  against: z.string(),
  kind,
  photos: z.number(),
  rows: z.array(z.object({ sigma255: z.number(), quality: z.number().nullable(), own: figures, other: figures })),
  psnrGain: z.number(),
  bdRatePercent: z.number().nullable(),
  isBetter: z.boolean(),
});
const choices = z.object({
  defaults: z.partialRecord(kind, z.string()),
  comparisons: z.record(z.string(), comparison),
});

/** The choices in a folder of models; none where there are none, or where the file is not readable as such. */
export async function readChoices(userDir: string): Promise<ModelChoices> {
  const none: ModelChoices = { defaults: {}, comparisons: {} };
  const text = await readFile(join(userDir, fileName), 'utf8').catch(() => null);
  if (text === null) return none;
  try {
    const { defaults, comparisons } = choices.parse(JSON.parse(text));
    return { defaults: withoutAbsent(defaults), comparisons };
  } catch {
    return none;
  }
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Changes the choices, one change after the other, and writes them whole or not at all.
 * @throws {PellucidError} DISK_FULL, PERMISSION_DENIED, ...
 */
export async function changeChoices(userDir: string, change: (before: ModelChoices) => ModelChoices): Promise<void> {
  const write = async (): Promise<void> => {
    const path = join(userDir, fileName);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await mkdir(userDir, { recursive: true });
      await writeSynced(temporary, Buffer.from(`${JSON.stringify(change(await readChoices(userDir)))}\n`));
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw toPellucidError(error, path);
    }
  };
  const mine = turn.then(write);
  turn = mine.catch(() => undefined);
  await mine;
}

/** The model that is used for a kind from now on; null for the bundled one. */
export function withDefault(before: ModelChoices, of: ModelKind, id: string | null): ModelChoices {
  const { [of]: _replaced, ...others } = before.defaults;
  return { ...before, defaults: id === null ? others : { ...others, [of]: id } };
}

/** The choices after a model got another id, or, with null, after it was removed. */
export function withRenamed(before: ModelChoices, id: string, newId: string | null): ModelChoices {
  const kept = Object.entries(before.defaults).flatMap(([of, chosen]) => {
    if (chosen !== id) return [[of, chosen]];
    return newId === null ? [] : [[of, newId]];
  });
  return { ...before, defaults: Object.fromEntries(kept) as ModelChoices['defaults'] };
}

function withoutAbsent(defaults: Partial<Record<ModelKind, string | undefined>>): ModelChoices['defaults'] {
  return Object.fromEntries(Object.entries(defaults).filter(([, id]) => id !== undefined));
}
