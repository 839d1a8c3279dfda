import type { MachineSettings } from '../shared/machine-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What would change how the engine's Node behaves, or make it something else than a plain Node. */
const removed = ['NODE_OPTIONS', 'NODE_CHANNEL_FD', 'NODE_UNIQUE_ID', 'ELECTRON_RUN_AS_NODE'];

export interface MachineShare {
  /** As `os.availableParallelism()`. */
  cores: number;
  /** What the person allows. */
  settings: MachineSettings;
  /** Part of their usual pixels that tiles may have, after the engine has run out of memory. */
  tileShare: number;
}

/**
 * The environment of the engine process: the parent's, without what would change Node, with quiet TensorFlow, and with
 * what this machine and the person's settings say where the environment does not: `PELLUCID_THREADS` is the number of
 * cores to compute on, `PELLUCID_MEMORY_LIMIT` the memory of the engine in bytes.
 * @param env as `process.env`
 */
export function engineEnvironment(env: Environment, { cores, settings, tileShare }: MachineShare) {
  const threads = env['PELLUCID_THREADS'] ?? settings.threads?.toString();
  const memory = settings.memoryLimitBytes?.toString();
  const defaults = {
    TF_CPP_MIN_LOG_LEVEL: '2',
    // sharp and file access take threads from here; Node's own default of 4 is the least.
    UV_THREADPOOL_SIZE: String(Math.min(16, Math.max(4, cores))),
    OMP_NUM_THREADS: threads ?? String(cores),
    TF_NUM_INTRAOP_THREADS: threads,
    // Linux then maps photos and tensors in pages of 2 MiB: moving pixels into new memory takes less than half as long.
    GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
    PELLUCID_MEMORY_LIMIT: memory,
    PELLUCID_TILE_SHARE: tileShare === 1 ? undefined : String(tileShare),
  };
  const entries = Object.entries({ ...defaults, ...env });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined && !removed.includes(entry[0])),
  );
}
