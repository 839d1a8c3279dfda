import { decodeFile, loadFile, computeFile, encodeFile } from '../src/engine/operations/file-work.ts';
import { writeOutputs } from '../src/engine/operations/write-outputs.ts';
import { bundledModels } from './harness/bundled-models.ts';
import { sampleFile } from './harness/pictures.ts';
import sharp from 'sharp';
import { readFileSync, mkdirSync } from 'node:fs';
const dir = '/tmp/as/work'; mkdirSync(dir + '/out', { recursive: true });
const [w, h] = [4256, 2848]; const mp = w * h / 1e6;
const photo = await sampleFile(dir, w, h, 'jpeg');
const models = bundledModels(dir);
const op = (process.argv[2] ?? 'denoise') as 'denoise' | 'compress';
const job = { operation: op, settings: { mode: op === 'denoise' ? 'denoise' : 'codec', sigma: 15, quality: 50, strength: 100 }, encoding: { format: 'same', metadata: 'keep' } } as any;
let faults = 0, sys = 0;
const rows: number[][] = [];
import { denoiseGraph } from '../src/ml/denoise/denoise-graph.ts';
import { analysisGraph } from '../src/ml/compress/codec-graphs.ts';
import { BareGraph } from './harness/bare-graph.ts';
import { bundledModel } from './harness/bundled-models.ts';
import { samplePixels } from './harness/pictures.ts';
const { data: tileData } = await samplePixels(768, 512);
const inputs = { photo: { floats: Float32Array.from(tileData, (v) => v / 255) }, level: { floats: Float32Array.of(0.1) } };
const den = await bundledModel('denoiser'), cod = await bundledModel('codec');
const bare = op === 'denoise' ? await BareGraph.load(denoiseGraph({ modelId: 'x', network: den.architecture.network, weights: den.model.weights }, 512, 768, 'bfloat16'), 'denoise', inputs) : await BareGraph.load(analysisGraph({ ...cod.architecture, weights: cod.model.weights }, 512, 768, 'bfloat16'), 'analyse', inputs);
const bareCase = bare.asCase('b');

for (let r = 0; r < 7; r++) {
  const t = [performance.now()];
  const loaded = await loadFile(op, { path: photo }); t.push(performance.now());
  const decoded = await decodeFile(loaded, job, {}); t.push(performance.now());
  const cpu = process.cpuUsage(); const f0 = process.resourceUsage().minorPageFault;
  const computed = await computeFile(decoded, job, models, {}); t.push(performance.now());
  const used = process.cpuUsage(cpu); faults = process.resourceUsage().minorPageFault - f0; sys = used.system / 1000 / mp;
  const { outputs } = await encodeFile(computed, job); t.push(performance.now());
  await writeOutputs(dir + '/out', 'x', outputs, { existing: 'overwrite' }); t.push(performance.now());
  const bt = []; for (let k = 0; k < 5; k++) { const q = performance.now(); await bareCase.run(); bt.push((performance.now() - q) / (768 * 512 / 1e6)); }
  bt.sort((a, b) => a - b); const b = bt[2]!;
  const d = t.slice(1).map((v, i) => (v - t[i]!) / mp); d.push(b);
  d.push((used.user + used.system) / 1000 / mp);
  if (r) rows.push(d);
}
const med = (i: number) => rows.map(r => r[i]!).sort((a, b) => a - b)[3]!.toFixed(1);
console.log(op, 'load', med(0), 'decode', med(1), 'compute', med(2), 'encode', med(3), 'write', med(4), 'bare tile', med(5), 'ratio compute', (rows.map(r => r[2]! / r[5]!).sort((a, b) => a - b)[3]!).toFixed(3), 'ratio all', (rows.map(r => (r[0]! + r[1]! + r[2]! + r[3]! + r[4]!) / r[5]!).sort((a, b) => a - b)[3]!).toFixed(3), 'cpu of compute', med(6), 'faults', faults, 'sys', sys.toFixed(1), 'rss', process.resourceUsage().maxRSS >> 10);
process.exit(0);
