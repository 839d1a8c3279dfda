import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelKind, ModelSummary } from '../../shared/contract.ts';
import { PellucidError } from '../../shared/errors.ts';
import { macsPerPixel } from '../layers/network.ts';
import { sizeOf } from '../graph/graph.ts';
import type { Architecture, Manifest } from './manifest.ts';
import type { ModelPackage } from './model-package.ts';
import type { ModelChoices } from './model-choices.ts';
import { readChoices } from './model-choices.ts';
import { modelHashOf } from './model-hash.ts';
import { readManifest, readModelPackage } from './model-package.ts';

export interface ModelStoreFolders {
  /** Models that come with the app. */
  bundledDir: string;
  /** The person's own models. */
  userDir: string;
}

export interface ModelStore {
  /** All installed models that can be read, bundled ones first. */
  list(): Promise<ModelSummary[]>;
  /** What `list` lists, with folders and manifests. */
  installed(): Promise<Installed[]>;
  /** What is wrong with packages that cannot be read, by the name of their folder. */
  damaged(): Promise<{ id: string; bundled: boolean; error: PellucidError }[]>;
  /**
   * The model of an id without its weights; the bundled one where two have it. Throws MODEL_NOT_FOUND, or MODEL_CORRUPT
   * where the package in the folder of that name cannot be read.
   */
  find(id: string): Promise<Installed>;
  /** The model that is used for a kind when none is named. */
  defaultOf(kind: ModelKind): Promise<Installed | undefined>;
  /** The bundled model that does what this one does, for which it could stand in. */
  bundledLike(model: Installed): Promise<Installed | undefined>;
  /**
   * A model with its weights, checked against their hash: the one named, or the default of its kind.
   * @throws {PellucidError} MODEL_NOT_FOUND, MODEL_KIND_MISMATCH, MODEL_HASH_MISMATCH, MODEL_CORRUPT
   */
  load(kind: ModelKind, id?: string): Promise<ModelPackage>;
  /** The newest bundled denoiser for the noise of cameras, or null. Throws MODEL_HASH_MISMATCH, MODEL_CORRUPT. */
  loadForCamera(): Promise<ModelPackage | null>;
  /**
   * The model that a `.pel` file names.
   * @param hash see `modelHashOf`
   * @throws {PellucidError} MODEL_NOT_FOUND naming id and hash
   */
  loadByHash(id: string, hash: string): Promise<ModelPackage>;
}

/** A model in its folder. */
export interface Installed {
  folder: string;
  bundled: boolean;
  manifest: Manifest;
}

/** The models of two folders, read anew on each call, so that what was just trained is there. */
export function createModelStore({ bundledDir, userDir }: ModelStoreFolders): ModelStore {
  const installed = async (): Promise<Installed[]> => [
    ...(await modelsIn(bundledDir, true)),
    ...(await modelsIn(userDir, false)),
  ];
  const damaged = async (): ReturnType<ModelStore['damaged']> => [
    ...(await damagedIn(bundledDir, true)),
    ...(await damagedIn(userDir, false)),
  ];
  const missing = async (kind: ModelKind | null, id: string | undefined): Promise<PellucidError> =>
    (await damaged()).find((one) => one.id === id)?.error ?? notFound(kind, id, userDir);
  return {
    installed,
    damaged,
    find: async (id) => {
      const model = (await installed()).find(({ manifest }) => manifest.id === id);
      if (model === undefined) throw await missing(null, id);
      return model;
    },
    defaultOf: async (kind) => defaultOf(kind, await installed(), await readChoices(userDir)),
    bundledLike: async (model) => {
      const { kind } = model.manifest.architecture;
      const isLike = (one: Installed): boolean =>
        one.bundled && one.manifest.architecture.kind === kind && isForCamera(one) === isForCamera(model);
      return newest((await installed()).filter(isLike));
    },
    list: async () => {
      const models = await installed();
      const choices = await readChoices(userDir);
      return await Promise.all(
        models.map((model) => summaryOf(model, defaultOf(model.manifest.architecture.kind, models, choices))),
      );
    },
    load: async (kind, id) => {
      const models = await installed();
      const model =
        id === undefined
          ? defaultOf(kind, models, await readChoices(userDir))
          : models.find(({ manifest }) => manifest.id === id);
      if (model === undefined) throw await missing(kind, id);
      const actual = model.manifest.architecture.kind;
      if (actual === kind) return await readModelPackage(model.folder);
      const message = `Model ${model.manifest.id} is a ${actual}, and a ${kind} is needed here. "pellucid models list" shows all.`;
      throw new PellucidError('MODEL_KIND_MISMATCH', message, { subject: model.manifest.id });
    },
    loadForCamera: async () => {
      const model = newest((await installed()).filter((one) => one.bundled && isForCamera(one)));
      return model === undefined ? null : await readModelPackage(model.folder);
    },
    loadByHash: async (id, hash) => {
      const model = (await installed()).find(({ manifest }) => manifest.id === id && modelHashOf(manifest) === hash);
      if (model !== undefined) return await readModelPackage(model.folder);
      const message = `This file needs model ${id} with hash ${hash}, which is not installed. Put that model into ${userDir}.`;
      throw new PellucidError('MODEL_NOT_FOUND', message, { subject: id });
    },
  };
}

/**
 * The model that the person has chosen for a kind, as long as it is there; else the bundled one that is newest, else
 * the first of the person's own, and of these none that is for camera noise.
 */
function defaultOf(kind: ModelKind, models: readonly Installed[], choices: ModelChoices): Installed | undefined {
  const ofKind = models.filter(({ manifest }) => manifest.architecture.kind === kind);
  const chosen = ofKind.find(({ manifest }) => manifest.id === choices.defaults[kind]);
  if (chosen !== undefined) return chosen;
  const usual = ofKind.filter((model) => !isForCamera(model));
  return newest(usual.filter((model) => model.bundled)) ?? usual[0];
}

/** True for a denoiser of the noise of cameras. */
export function isForCamera({ manifest: { architecture } }: Installed): boolean {
  return architecture.kind === 'denoiser' && architecture.noise === 'camera';
}

function newest(models: readonly Installed[]): Installed | undefined {
  return models.toSorted((a, b) => b.manifest.version - a.manifest.version)[0];
}

async function modelsIn(dir: string, bundled: boolean): Promise<Installed[]> {
  const found: Installed[] = [];
  for (const name of await packageNames(dir)) {
    const folder = join(dir, name);
    // A folder that is no model is not the store's.
    const manifest = await readManifest(folder).catch(() => null);
    if (manifest !== null) found.push({ folder, bundled, manifest });
  }
  return found;
}

async function damagedIn(dir: string, bundled: boolean): ReturnType<ModelStore['damaged']> {
  const found: Awaited<ReturnType<ModelStore['damaged']>> = [];
  for (const id of await packageNames(dir)) {
    const error = await readManifest(join(dir, id)).then(
      () => null,
      (failure: unknown) => failure,
    );
    if (error instanceof PellucidError && error.code === 'MODEL_CORRUPT') found.push({ id, bundled, error });
  }
  return found;
}

/** Folders that may be packages, but for those that are being written. */
async function packageNames(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => !name.includes('.tmp') && !name.includes('.old')).sort();
}

async function summaryOf(
  { folder, bundled, manifest }: Installed,
  preferred: Installed | undefined,
): Promise<ModelSummary> {
  const { id, title, version, architecture, weightsSha256, weightsManifest } = manifest;
  const { size: sizeBytes } = await stat(join(folder, 'weights.bin')).catch(() => ({ size: 0 }));
  return {
    id,
    kind: architecture.kind,
    title,
    bundled,
    version,
    parameters: weightsManifest[0].weights
      .filter(({ name }) => !name.startsWith('prior/'))
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    kiloMacsPerPixel: kiloMacsOf(architecture),
    sizeBytes,
    weightsSha256,
    isDefault: preferred?.manifest.id === id && preferred.bundled === bundled,
  };
}

/** Thousand multiply-accumulates per pixel; both halves together where there are two. */
function kiloMacsOf(architecture: Architecture): number {
  if (architecture.kind === 'denoiser') return macsPerPixel(architecture.network) / 1000;
  if (architecture.kind !== 'codec') {
    const { encoder, decoder, width, height } = architecture;
    return (macsPerPixel(encoder) + macsPerPixel(decoder) / (width * height)) / 1000;
  }
  const { analysis, synthesis, stride } = architecture;
  return (macsPerPixel(analysis) + macsPerPixel(synthesis) / (stride * stride)) / 1000;
}

function notFound(kind: ModelKind | null, id: string | undefined, userDir: string): PellucidError {
  const wanted = id === undefined ? `model of the kind ${kind}` : `model ${id}`;
  const message = `There is no ${wanted}. "pellucid models list" shows what is installed; your own models are in ${userDir}.`;
  return new PellucidError('MODEL_NOT_FOUND', message, { subject: id ?? kind ?? '' });
}
