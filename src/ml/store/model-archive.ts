import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync, zipSync, type Unzipped } from 'fflate';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import { manifestName, readManifest, readModelPackage, weightsName, writeSynced } from './model-package.ts';

/** No package is larger; what claims to be is refused before anything is unpacked. */
const maxEntryBytes = 512 * 2 ** 20;

/**
 * A model as one `.zip`, checked against its hash before.
 * @throws {PellucidError} MODEL_CORRUPT, MODEL_HASH_MISMATCH
 */
export async function packModel(folder: string): Promise<Uint8Array> {
  await readModelPackage(folder);
  const read = async (name: string) => new Uint8Array(await readFile(join(folder, name)));
  const entries = { [manifestName]: await read(manifestName), [weightsName]: await read(weightsName) };
  // Weights are as good as random: packing them would only take time.
  return zipSync(entries, { level: 0 });
}

/**
 * Puts the model of a `.zip` among the person's own, once it is known to be whole.
 * @param name of the file, for messages
 * @param taken ids of the models that are installed
 * @returns the id of the model
 * @throws {PellucidError} MODEL_CORRUPT, MODEL_HASH_MISMATCH; ALREADY_EXISTS when the id is taken
 */
export async function unpackModel(
  bytes: Uint8Array,
  name: string,
  userDir: string,
  taken: readonly string[],
): Promise<string> {
  const entries = unzip(bytes, name);
  return await place(userDir, taken, async (temporary) => {
    for (const entry of [manifestName, weightsName]) {
      const content = entries[entry];
      if (content === undefined) throw noPackage(name, `it holds no ${entry}`);
      await writeSynced(join(temporary, entry), content);
    }
  });
}

/**
 * Gives a model of the person's own another id, in its manifest and its folder.
 * @throws {PellucidError} ALREADY_EXISTS when the new id is taken
 */
export async function renameModel(
  folder: string,
  newId: string,
  userDir: string,
  taken: readonly string[],
): Promise<void> {
  const manifest = await readManifest(folder);
  await place(userDir, taken, async (temporary) => {
    const renamed = { ...manifest, id: newId, title: manifest.title === manifest.id ? newId : manifest.title };
    await writeSynced(join(temporary, weightsName), await readFile(join(folder, weightsName)));
    await writeSynced(join(temporary, manifestName), Buffer.from(`${JSON.stringify(renamed)}\n`));
  });
  await rm(folder, { recursive: true, force: true });
}

/** Fills a temporary folder, checks the package in it, and moves it to the place of its id. */
async function place(
  userDir: string,
  taken: readonly string[],
  fill: (temporary: string) => Promise<void>,
): Promise<string> {
  await mkdir(userDir, { recursive: true });
  const temporary = await mkdtemp(join(userDir, 'import.tmp-'));
  try {
    await fill(temporary);
    const { id } = (await readModelPackage(temporary)).manifest;
    const folder = join(userDir, id);
    if (taken.includes(id) || (await isThere(folder))) {
      const message = `There is a model ${id} already. Rename or remove it first.`;
      throw new PellucidError('ALREADY_EXISTS', message, { subject: id });
    }
    await rename(temporary, folder);
    return id;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw toPellucidError(error, userDir);
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function unzip(bytes: Uint8Array, name: string): Unzipped {
  try {
    return unzipSync(bytes, {
      filter: (entry) => [manifestName, weightsName].includes(entry.name) && entry.originalSize <= maxEntryBytes,
    });
  } catch (error) {
    throw noPackage(name, 'it is no .zip, or a damaged one', error);
  }
}

function noPackage(name: string, reason: string, cause?: unknown): PellucidError {
  const message = `${name} is no model package: ${reason}. Export the model again, and import that file.`;
  return new PellucidError('MODEL_CORRUPT', message, { subject: name, cause });
}
