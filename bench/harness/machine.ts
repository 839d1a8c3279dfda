import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { describeSharp } from '../../src/image/sharp-runtime.ts';
import { tensorFlowInfo } from '../../src/ml/runtime/tensorflow.ts';
import type { Machine } from './report.ts';

const interesting = ['avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_bf16', 'asimd', 'bf16'];

/** The machine that this runs on. */
export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    platform: `${process.platform}-${process.arch}`,
    cpu: first?.model ?? 'unknown processor',
    cores: cpus().length,
    memoryGib: totalmem() / 2 ** 30,
    features: processorFeatures(),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** From the kernel on Linux; empty elsewhere. */
function processorFeatures(): string[] {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    const present = new Set(line.split(' '));
    return interesting.filter((feature) => present.has(feature));
  } catch {
    return [];
  }
}

/** Versions of what computes here. */
export async function describeVersions(): Promise<Record<string, string>> {
  const { sharp, libvips } = describeSharp();
  return { Node: process.versions.node, TensorFlow: (await tensorFlowInfo()).version, sharp, libvips };
}
