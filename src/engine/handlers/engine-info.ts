import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { readMachineLimits } from '../operations/machine-limits.ts';
import { describeSharp } from '../../image/sharp-runtime.ts';
import { computeState } from '../../ml/graph/compute-choice.ts';
import { tensorFlowInfo } from '../../ml/runtime/tensorflow.ts';
import type { EngineInfo } from '../../shared/contract.ts';
import type { EngineOptions } from '../server/handlers.ts';

/** Features of the processor that matter to how fast models run. */
const interesting = [
  'sse4_2',
  'avx',
  'avx2',
  'fma',
  'avx512f',
  'avx512_vnni',
  'avx512_bf16',
  'amx_bf16',
  'asimd',
  'bf16',
];

/** What the engine runs on. Loads TensorFlow. */
export async function engineInfo({ dataFolder, pellucidVersion }: EngineOptions): Promise<EngineInfo> {
  const { version, backend, threads } = await tensorFlowInfo();
  const { sharp, libvips, reads, writes } = describeSharp();
  return {
    pellucidVersion,
    nodeVersion: process.versions.node,
    backend,
    tensorflowVersion: version,
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cpuFeatures: await cpuFeatures(),
    threads,
    cores: availableParallelism(),
    allowed: await readMachineLimits(dataFolder),
    memoryTotalBytes: totalmem(),
    memoryFreeBytes: freemem(),
    residentBytes: process.memoryUsage.rss(),
    ...(await computeState()),
    sharpVersion: sharp,
    libvipsVersion: libvips,
    inputFormats: reads,
    outputFormats: writes,
    dataFolder,
  };
}

/** From the kernel on Linux; empty elsewhere, where nothing tells without a native call. */
async function cpuFeatures(): Promise<string[]> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1] ?? '';
  const present = new Set(line.split(' '));
  return interesting.filter((feature) => present.has(feature));
}
