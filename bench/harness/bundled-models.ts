import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createModels } from '../../src/engine/operations/models.ts';
import type { Models } from '../../src/engine/operations/models.ts';
import type { Architecture } from '../../src/ml/store/manifest.ts';
import { createModelStore } from '../../src/ml/store/model-store.ts';
import type { ModelPackage } from '../../src/ml/store/model-package.ts';

const folders = { bundledDir: fileURLToPath(new URL('../../assets/models', import.meta.url)), userDir: '' };

/** A bundled model with its architecture, typed by its kind. */
export async function bundledModel<K extends Architecture['kind']>(
  kind: K,
): Promise<{ model: ModelPackage; architecture: Extract<Architecture, { kind: K }> }> {
  const model = await createModelStore(folders).load(kind);
  return { model, architecture: model.manifest.architecture as Extract<Architecture, { kind: K }> };
}

/** The engine's access to the bundled models. */
export function bundledModels(workFolder: string): Models {
  return createModels({ ...folders, userDir: join(workFolder, 'models') });
}
