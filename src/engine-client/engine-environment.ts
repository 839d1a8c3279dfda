type Environment = Readonly<Record<string, string | undefined>>;

/** What would change how the engine's Node behaves, or make it something else than a plain Node. */
const removed = ['NODE_OPTIONS', 'NODE_CHANNEL_FD', 'NODE_UNIQUE_ID', 'ELECTRON_RUN_AS_NODE'];

/**
 * The environment of the engine process: the parent's, without what would change Node, with quiet TensorFlow and
 * thread counts for this machine where the person has not set them.
 * @param env as `process.env`
 * @param cores as `os.availableParallelism()`
 */
export function engineEnvironment(env: Environment, cores: number): Record<string, string> {
  const defaults = {
    TF_CPP_MIN_LOG_LEVEL: '2',
    // sharp and file access take threads from here; Node's own default of 4 is the least.
    UV_THREADPOOL_SIZE: String(Math.min(16, Math.max(4, cores))),
    OMP_NUM_THREADS: String(cores),
  };
  const entries = Object.entries({ ...defaults, ...env });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined && !removed.includes(entry[0])),
  );
}
