import type { Suite } from '../harness/report.ts';

/** Every suite by name, in the order in which they run. A new suite is a file here and a line. */
export const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  start: async () => (await import('./start.ts')).startSuite,
  denoise: async () => (await import('./denoise.ts')).denoiseSuite,
  codec: async () => (await import('./codec.ts')).codecSuite,
  train: async () => (await import('./train.ts')).trainSuite,
  batch: async () => (await import('./batch.ts')).batchSuite,
  ui: async () => (await import('./ui.ts')).uiSuite,
  memory: async () => (await import('./memory.ts')).memorySuite,
};
