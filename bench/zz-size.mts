import { denoiseGraph } from '../src/ml/denoise/denoise-graph.ts';
import { BareGraph } from './harness/bare-graph.ts';
import { bundledModel } from './harness/bundled-models.ts';
import { samplePixels } from './harness/pictures.ts';
const { model, architecture } = await bundledModel('denoiser');
const parts = { modelId: 'x', network: architecture.network, weights: model.weights };
const sizes = [[768, 512], [1024, 1024], [1488, 1472], [2176, 1472]] as const;
const graphs = [];
for (const [w, h] of sizes) {
  const { data } = await samplePixels(w, h);
  const photo = Float32Array.from(data, (v) => v / 255);
  graphs.push(await BareGraph.load(denoiseGraph(parts, h, w, 'bfloat16'), 'denoise', { photo: { floats: photo }, level: { floats: Float32Array.of(0.1) } }));
}
const rows: number[][] = sizes.map(() => []);
const cpu: number[][] = sizes.map(() => []);
for (let r = 0; r < 13; r++) for (let i = 0; i < sizes.length; i++) {
  const c = graphs[i]!.asCase('x'); 
  const mp = sizes[i]![0] * sizes[i]![1] / 1e6;
  const u = process.cpuUsage(); const t = performance.now();
  await c.run();
  rows[i]!.push((performance.now() - t) / mp); const d = process.cpuUsage(u); cpu[i]!.push((d.user + d.system) / 1000 / mp);
}
const med = (a: number[]) => [...a].sort((x, y) => x - y)[a.length >> 1]!;
sizes.forEach((s, i) => console.log(s.join('x'), med(rows[i]!).toFixed(1), 'cpu', med(cpu[i]!).toFixed(1), 'ratio', med(rows[i]!.slice(1).map((v, k) => v / rows[0]![k + 1]!)).toFixed(3)));
process.exit(0);
