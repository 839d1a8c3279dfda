/** Values that can be made again, kept in memory up to a limit. */
export interface BoundedCache<Key, Value> {
  /** The kept value, or the one that `load` makes now; two askers at a time share one loading. */
  get(key: Key, load: () => Promise<Value>): Promise<Value>;
  /** Keeps a value that was made elsewhere. */
  put(key: Key, value: Value): void;
  delete(key: Key): void;
}

/**
 * Keeps values up to `limitBytes`, dropping those that were not asked for the longest. A value above the limit is
 * still given, and held by nobody but its asker. A failure to load is told to its askers and not kept.
 */
export function createBoundedCache<Key, Value>(
  limitBytes: number,
  sizeOf: (value: Value) => number,
): BoundedCache<Key, Value> {
  // A Map keeps the order of insertion: re-inserting on use makes the first key the oldest.
  const kept = new Map<Key, Value>();
  const pending = new Map<Key, Promise<Value>>();
  let keptBytes = 0;

  const remove = (key: Key): void => {
    const value = kept.get(key);
    if (value === undefined) return;
    kept.delete(key);
    keptBytes -= sizeOf(value);
  };
  const put = (key: Key, value: Value): void => {
    remove(key);
    kept.set(key, value);
    keptBytes += sizeOf(value);
    for (const oldest of kept.keys()) {
      if (keptBytes <= limitBytes) break;
      remove(oldest);
    }
  };
  const start = async (key: Key, load: () => Promise<Value>): Promise<Value> => {
    try {
      const value = await load();
      // Deleted while it was loading: whoever asked still gets it, and it is not kept.
      if (pending.has(key)) put(key, value);
      return value;
    } finally {
      pending.delete(key);
    }
  };
  return {
    get(key, load) {
      const value = kept.get(key);
      if (value !== undefined) {
        kept.delete(key);
        kept.set(key, value);
        return Promise.resolve(value);
      }
      const running = pending.get(key);
      if (running !== undefined) return running;
      const loading = start(key, load);
      pending.set(key, loading);
      return loading;
    },
    put,
    delete(key) {
      pending.delete(key);
      remove(key);
    },
  };
}
