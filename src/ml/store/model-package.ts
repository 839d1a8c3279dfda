import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PellucidError, toPellucidError } from '../../shared/errors.ts';
import type { Weights } from '../layers/description.ts';
import type { Manifest } from './manifest.ts';
import { parseManifest } from './manifest.ts';
import { decodeWeights, encodeWeights, sha256Of } from './weights-file.ts';

/** A model with its weights in memory. */
export interface ModelPackage {
  manifest: Manifest;
  weights: Weights;
}

/** What a new package is made from; hashes and entries follow from the weights. */
export interface NewModel {
  manifest: Omit<Manifest, 'format' | 'formatVersion' | 'weightsManifest' | 'weightsSha256'>;
  arrays: readonly { name: string; shape: number[]; values: Float32Array }[];
}

export const manifestName = 'manifest.json';
export const weightsName = 'weights.bin';

/**
 * Reads a package from its folder and checks the weights against their hash.
 * @throws {PellucidError} MODEL_NOT_FOUND, MODEL_CORRUPT, MODEL_HASH_MISMATCH
 */
export async function readModelPackage(folder: string): Promise<ModelPackage> {
  const manifest = await readManifest(folder);
  const bytes = await readFile(join(folder, weightsName)).catch((error: unknown) => {
    throw toPellucidError(error, folder);
  });
  if (sha256Of(bytes) !== manifest.weightsSha256) {
    const message = `The weights of model ${manifest.id} in ${folder} are not those of its manifest: they were changed or damaged. Install the model again.`;
    throw new PellucidError('MODEL_HASH_MISMATCH', message, { subject: manifest.id });
  }
  const [group] = manifest.weightsManifest;
  return { manifest, weights: decodeWeights(bytes, group.weights, manifest.id) };
}

/** Reads only the manifest of a package. Throws MODEL_NOT_FOUND or MODEL_CORRUPT. */
export async function readManifest(folder: string): Promise<Manifest> {
  let json: string;
  try {
    json = await readFile(join(folder, manifestName), 'utf8');
  } catch (error) {
    throw new PellucidError('MODEL_NOT_FOUND', `There is no model in ${folder}.`, { subject: folder, cause: error });
  }
  return parseManifest(json, folder);
}

/** Writes a package into a folder under a temporary name and renames it; an older one of that name is replaced. */
export async function writeModelPackage(folder: string, { manifest, arrays }: NewModel): Promise<Manifest> {
  const { bytes, entries } = encodeWeights(arrays);
  const complete: Manifest = {
    format: 'pellucid-model',
    formatVersion: 1,
    ...manifest,
    weightsManifest: [{ paths: [weightsName], weights: entries }],
    weightsSha256: sha256Of(bytes),
  };
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await writeSynced(join(temporary, weightsName), bytes);
    await writeSynced(join(temporary, manifestName), Buffer.from(`${JSON.stringify(complete)}\n`));
    await replaceFolder(temporary, folder);
  } catch (error) {
    // Where it cannot be removed, it was not written either; the first error is the one that says why.
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw toPellucidError(error, folder);
  }
  return complete;
}

/** Writes a file and waits until it is on the disk. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Renames a folder over another one; the old one is set aside first, since folders cannot be replaced at once. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const aside = `${to}.${process.pid}.old`;
  const hadOld = await rename(to, aside).then(
    () => true,
    () => false,
  );
  try {
    await rename(from, to);
  } catch (error) {
    if (hadOld) await rename(aside, to);
    throw error;
  }
  if (hadOld) await rm(aside, { recursive: true, force: true });
}
