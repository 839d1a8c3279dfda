import { readFile, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { packModel, renameModel, unpackModel } from '../../ml/store/model-archive.ts';
import { readModelPackage } from '../../ml/store/model-package.ts';
import { createModelStore, type Installed, type ModelStoreFolders } from '../../ml/store/model-store.ts';
import type { ModelVerdict } from '../../shared/contract.ts';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { Handlers } from '../server/handlers.ts';

type Served = 'info' | 'import' | 'export' | 'verify' | 'remove' | 'rename';

/**
 * The calls that look at installed models and change the person's own.
 * @param forget called when what is loaded may be out of date
 */
export function createModelHandlers(
  folders: ModelStoreFolders,
  forget: () => void,
): Pick<Handlers, `models.${Served}`> {
  const { userDir } = folders;
  const store = createModelStore(folders);
  const summaryOf = async (id: string) => {
    const { bundled } = await store.find(id);
    const summary = (await store.list()).find((model) => model.id === id && model.bundled === bundled);
    if (summary === undefined) throw new PellucidError('MODEL_NOT_FOUND', `Model ${id} is gone.`, { subject: id });
    return summary;
  };
  const installedIds = async () => (await store.installed()).map(({ manifest }) => manifest.id);
  const own = async (id: string): Promise<Installed> => {
    const model = await store.find(id);
    if (!model.bundled) return model;
    const message = `Model ${id} came with Pellucid and cannot be changed. Export and import work with copies.`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: id });
  };
  return {
    'models.info': async ({ id }) => {
      const { folder, manifest } = await store.find(id);
      const { training, metrics } = manifest;
      return { ...(await summaryOf(id)), folder, training, metrics, curves: [], comparison: null };
    },
    'models.import': async ({ source }) => {
      const name = 'path' in source ? source.path : source.name;
      const bytes = 'path' in source ? await readFile(source.path).catch(failedAt(name)) : source.bytes;
      const id = await unpackModel(bytes, basename(name), userDir, await installedIds());
      forget();
      return await summaryOf(id);
    },
    'models.export': async ({ id }) => {
      const bytes = await packModel((await store.find(id)).folder);
      return { bytes, suggestedName: `${id}.zip`, mediaType: 'application/zip' };
    },
    'models.verify': async ({ id }) => {
      const models = id === undefined ? await store.installed() : [await store.find(id)];
      return await Promise.all(models.map(verdictOf));
    },
    'models.remove': async ({ id }) => {
      await rm((await own(id)).folder, { recursive: true });
      forget();
      return null;
    },
    'models.rename': async ({ id, newId }) => {
      await renameModel((await own(id)).folder, newId, userDir, await installedIds());
      forget();
      return await summaryOf(newId);
    },
  };
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
