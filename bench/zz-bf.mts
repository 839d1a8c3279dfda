import { measureBfloat16Ratio } from '../src/ml/graph/compute-type.ts';
const t = performance.now();
console.log((await measureBfloat16Ratio()).toFixed(3), (performance.now() - t).toFixed(0));
process.exit(0);
