import { mkdirSync, writeFileSync } from 'node:fs';
import { denoiseGraph } from '../src/ml/denoise/denoise-graph.ts';
import { savedModelBytes } from '../src/ml/graph/saved-model.ts';
import { bundledModel } from './harness/bundled-models.ts';
const { model, architecture } = await bundledModel('denoiser');
const parts = { modelId: 'x', network: architecture.network, weights: model.weights };
for (const type of ['float32', 'bfloat16'] as const) {
  mkdirSync(`/tmp/sm-${type}/variables`, { recursive: true });
  writeFileSync(`/tmp/sm-${type}/saved_model.pb`, savedModelBytes(denoiseGraph(parts, 1472, 1488, type, { format: 'bytes', isMapped: false } as any)));
}
process.exit(0);
