import { createDenoiser } from '../../ml/denoise/denoiser.ts';
import { fastestComputeType } from '../../ml/graph/compute-choice.ts';
import { createAutoencoder } from '../../ml/autoencoder/autoencoder.ts';
import type { Autoencoder } from '../../ml/autoencoder/autoencoder.ts';
import { createPhotoCodec } from '../../ml/compress/photo-codec.ts';
import { modelHashOf } from '../../ml/store/model-hash.ts';
import { createModelStore, type ModelStore } from '../../ml/store/model-store.ts';
import type { Denoiser, PhotoCodec } from '../../ml/interfaces.ts';
import type { ModelPackage } from '../../ml/store/model-package.ts';
import type { PelHeader } from '../../codec/pel-format.ts';
import type { ModelSummary } from '../../shared/contract.ts';

/** The models of the installation, loaded when they are first used and kept. */
export interface Models {
  list(): Promise<ModelSummary[]>;
  /** The denoiser of an id, or the default one. Throws MODEL_NOT_FOUND, MODEL_KIND_MISMATCH, MODEL_HASH_MISMATCH. */
  denoiser(id?: string): Promise<Denoiser>;
  /** The bundled denoiser for the noise of cameras, or null where none comes with the app. */
  cameraDenoiser(): Promise<Denoiser | null>;
  /** The codec of an id, or the default one. Throws as `denoiser`. */
  codec(id?: string): Promise<PhotoCodec>;
  /** The codec that a `.pel` file was made with: id and weights must both fit. Throws MODEL_NOT_FOUND naming them. */
  codecOf(header: Pick<PelHeader, 'modelId' | 'modelHash'>): Promise<PhotoCodec>;
  /** The `dense` or `variational` model of an id, or the first one that is installed. Throws as `denoiser`. */
  autoencoder(id?: string): Promise<Autoencoder>;
  /**
   * Lets go of what is loaded, so that a model that was just trained or replaced is read anew. One that is at work goes
   * on to the end of its job.
   */
  forget(): void;
}

/** Creates the access to the models in two folders; nothing is read yet. */
export function createModels(folders: { bundledDir: string; userDir: string }): Models {
  const store = createModelStore(folders);
  const denoisers = new Map<string, Promise<Denoiser>>();
  const codecs = new Map<string, Promise<PhotoCodec>>();
  const autoencoders = new Map<string, Promise<Autoencoder>>();
  const forCamera = new Map<string, Promise<Denoiser | null>>();
  // A codec that was asked for by its name is found again by the header of the file that it has just made.
  const createShared = (model: ModelPackage): Promise<PhotoCodec> => {
    const { manifest } = model;
    return once(codecs, `${manifest.id}@${modelHashOf(manifest)}`, () => Promise.resolve(model), codecAt);
  };
  return {
    list: () => store.list(),
    denoiser: (id) => once(denoisers, id ?? '', () => store.load('denoiser', id), denoiserAt),
    cameraDenoiser: () =>
      once(forCamera, '', store.loadForCamera, async (model) => (model === null ? null : await denoiserAt(model))),
    codec: (id) => once(codecs, id ?? '', () => store.load('codec', id), createShared),
    codecOf: ({ modelId, modelHash }) =>
      once(codecs, `${modelId}@${modelHash}`, () => store.loadByHash(modelId, modelHash), codecAt),
    autoencoder: (id) =>
      once(
        autoencoders,
        id ?? '',
        () => loadAutoencoder(store, id),
        (model) => Promise.resolve(createAutoencoder(model)),
      ),
    forget() {
      autoencoders.clear();
      denoisers.clear();
      forCamera.clear();
      codecs.clear();
    },
  };
}

const denoiserAt = async (model: ModelPackage): Promise<Denoiser> => createDenoiser(model, await fastestComputeType());
const codecAt = async (model: ModelPackage): Promise<PhotoCodec> => createPhotoCodec(model, await fastestComputeType());

function once<Loaded, Model>(
  loaded: Map<string, Promise<Model>>,
  key: string,
  load: () => Promise<Loaded>,
  create: (loaded: Loaded) => Promise<Model>,
): Promise<Model> {
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const model = load().then(create);
  loaded.set(key, model);
  // A model that is missing now may be there at the next try.
  model.catch(() => loaded.delete(key));
  return model;
}

/** The model of an id, or the first variational or dense one. */
async function loadAutoencoder(store: ModelStore, id: string | undefined): Promise<ModelPackage> {
  const isWanted = ({ id: other, kind }: ModelSummary): boolean =>
    id === undefined ? kind === 'variational' || kind === 'dense' : other === id;
  const found = (await store.list()).find(isWanted);
  return await store.load(found?.kind === 'dense' ? 'dense' : 'variational', found?.id ?? id);
}
