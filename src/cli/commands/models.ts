import { byteSize, Output, table } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Lists the installed models. */
export async function listModels({ json }: { json: boolean }): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    const models = await engine.call('models.list', {});
    if (json) {
      for (const model of models) output.result({ ...model }, '');
      return;
    }
    if (models.length === 0) {
      output.note('No model is installed.');
      return;
    }
    const rows = models.map(({ id, kind, parameters, kiloMacsPerPixel, sizeBytes, bundled, isDefault }) => [
      id,
      kind,
      `${(parameters / 1e6).toFixed(2)} M`,
      `${kiloMacsPerPixel.toFixed(1)} kMAC`,
      byteSize(sizeBytes),
      `${bundled ? 'bundled' : 'own'}${isDefault ? ', default' : ''}`,
    ]);
    output.result({}, table([['model', 'kind', 'parameters', 'per pixel', 'size', 'from'], ...rows]));
  });
}
