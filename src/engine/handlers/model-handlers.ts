import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileSafely } from '../../image/write-file.ts';
import { packModel, renameModel, unpackModel } from '../../ml/store/model-archive.ts';
import { changeChoices, readChoices, withDefault, withRenamed } from '../../ml/store/model-choices.ts';
import { readModelPackage } from '../../ml/store/model-package.ts';
import { createModelStore } from '../../ml/store/model-store.ts';
import type { Installed, ModelStore, ModelStoreFolders } from '../../ml/store/model-store.ts';
import type { ModelSummary, ModelVerdict } from '../../shared/contract.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import { curvesOf, readLog } from '../../ml/training/run-history.ts';
import { compareModels } from '../operations/compare-models.ts';
import type { Models } from '../operations/models.ts';
import { refuseUncompared } from '../operations/refuse-uncompared.ts';
import type { Handlers } from '../server/handlers.ts';
import { readRegularFile } from '../data/regular-file.ts';

type Looking = 'info' | 'verify' | 'export' | 'exportTo' | 'compare';
type Changing = 'import' | 'remove' | 'rename' | 'setDefault';

/** The calls that look at installed models and measure them. */
export function createModelReaders(
  folders: ModelStoreFolders & { runsDir: string },
  models: Models,
): Pick<Handlers, `models.${Looking}`> {
  const { userDir, runsDir } = folders;
  const store = createModelStore(folders);
  return {
    'models.info': async ({ id }) => {
      const { folder, manifest } = await store.find(id);
      const { training, metrics, weightsSha256 } = manifest;
      const comparison = (await readChoices(userDir)).comparisons[weightsSha256] ?? null;
      const curves = curvesOf(await readLog(join(runsDir, id)));
      return { ...(await summaryOf(store, id)), folder, training, metrics, curves, comparison };
    },
    'models.verify': async ({ id }) => {
      const chosen = id === undefined ? await store.installed() : [await store.find(id)];
      const damaged = id === undefined ? await store.damaged() : [];
      const unreadable = damaged.map(({ error, ...one }) => ({ ...one, isIntact: false, problem: error.message }));
      return [...(await Promise.all(chosen.map(verdictOf))), ...unreadable];
    },
    'models.export': async ({ id }) => {
      const bytes = await packModel((await store.find(id)).folder);
      return { bytes, suggestedName: `${id}.zip`, mediaType: 'application/zip' };
    },
    'models.exportTo': async ({ id, path, overwrite }) => {
      const bytes = await packModel((await store.find(id)).folder);
      await writeFileSafely(path, bytes, { overwrite });
      return { path, sizeBytes: bytes.byteLength };
    },
    'models.compare': (params, { signal, progress }) =>
      compareModels(params, { store, models, userDir, runsDir, signal, onProgress: progress }),
  };
}

/**
 * The calls that change the person's own models and the choice among all.
 * @param forget called when what is loaded may be out of date
 */
export function createModelChangers(
  folders: ModelStoreFolders,
  forget: () => void,
): Pick<Handlers, `models.${Changing}`> {
  const { userDir } = folders;
  const store = createModelStore(folders);
  const installedIds = async () => (await store.installed()).map(({ manifest }) => manifest.id);
  const own = async (id: string): Promise<Installed> => {
    const model = await store.find(id);
    if (!model.bundled) return model;
    const message = `Model ${id} came with Pellucid and cannot be changed. Export and import work with copies.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: id });
  };
  return {
    'models.import': async ({ source }) => {
      const name = 'path' in source ? source.path : source.name;
      const bytes = 'path' in source ? await readRegularFile(source.path).catch(failedAt(name)) : source.bytes;
      const id = await unpackModel(bytes, basename(name), userDir, await installedIds());
      forget();
      return await summaryOf(store, id);
    },
    'models.remove': async ({ id }) => {
      await rm((await own(id)).folder, { recursive: true });
      await changeChoices(userDir, (before) => withRenamed(before, id, null));
      forget();
      return null;
    },
    'models.rename': async ({ id, newId }) => {
      await renameModel((await own(id)).folder, newId, userDir, await installedIds());
      await changeChoices(userDir, (before) => withRenamed(before, id, newId));
      forget();
      return await summaryOf(store, newId);
    },
    'models.setDefault': async ({ kind, id, force }) => {
      if (id !== null) {
        const model = await store.find(id);
        // Its weights are read, so that one that was damaged does not become what everything is done with.
        await store.load(kind, id);
        if (!force) await refuseUncompared(model, store, await readChoices(userDir));
      }
      await changeChoices(userDir, (before) => withDefault(before, kind, id));
      forget();
      return await store.list();
    },
  };
}

async function summaryOf(store: ModelStore, id: string): Promise<ModelSummary> {
  const { bundled } = await store.find(id);
  const summary = (await store.list()).find((model) => model.id === id && model.bundled === bundled);
  if (summary === undefined) throw new PellucidError('MODEL_NOT_FOUND', `Model ${id} is gone.`, { subject: id });
  return summary;
}

async function verdictOf({ folder, bundled, manifest: { id } }: Installed): Promise<ModelVerdict> {
  try {
    await readModelPackage(folder);
    return { id, bundled, isIntact: true, problem: '' };
  } catch (error) {
    return { id, bundled, isIntact: false, problem: toPellucidError(error, id).message };
  }
}

function failedAt(path: string): (error: unknown) => never {
  return (error) => {
    throw toPellucidError(error, path);
  };
}
