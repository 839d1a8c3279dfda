import type { ModelChoices } from '../../ml/store/model-choices.ts';
import type { Installed, ModelStore } from '../../ml/store/model-store.ts';
import { PellucidError } from '../../shared/errors.ts';

/**
 * Refuses a model as the default of its kind unless it was found better than the one that is used now, or than the
 * bundled one. Bundled models, and the first one of a kind, need no comparison.
 * @throws {PellucidError} INVALID_ARGUMENT
 */
export async function refuseUncompared(model: Installed, store: ModelStore, choices: ModelChoices): Promise<void> {
  const { id, architecture, weightsSha256 } = model.manifest;
  const current = await store.defaultOf(architecture.kind);
  const rivals = [current, await store.bundledLike(model)].flatMap((one) => (one === undefined ? [] : one.manifest.id));
  if (model.bundled || current === undefined || current.manifest.id === id) return;
  const comparison = choices.comparisons[weightsSha256];
  if (comparison === undefined || !rivals.includes(comparison.against)) {
    const message = `Model ${id} has not been compared with ${current.manifest.id}, which is used now. Compare them first ("pellucid models compare ${id} --against ${current.manifest.id}"), or use it all the same (--force).`;
    throw new PellucidError('INVALID_ARGUMENT', message, { subject: id });
  }
  if (comparison.isBetter) return;
  const message = `Model ${id} was not better than ${comparison.against} on ${comparison.photos} photos (${comparison.psnrGain.toFixed(2)} dB). Train it further, or use it all the same (--force).`;
  throw new PellucidError('INVALID_ARGUMENT', message, { subject: id });
}
