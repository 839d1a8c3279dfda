interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  dur?: number;
  /** Microseconds on the processor. */
  tdur?: number;
  args?: { name?: string };
}

/** Milliseconds: the longest task by the clock, and the longest by time on the processor. */
export interface LongestTasks {
  wallMs: number;
  processorMs: number;
}

/**
 * The longest tasks of the main threads of pages in a trace of Chromium's.
 * @param trace as `Tracing` of the browser's protocol gives it
 * @throws {Error} when it holds no task of a page
 */
export function longestTasks(trace: object): LongestTasks {
  const { traceEvents } = trace as { traceEvents: TraceEvent[] };
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && threads.has(`${pid} ${tid}`),
  );
  if (tasks.length === 0) throw new Error('The trace of the browser holds no task of a page.');
  const longest = (field: 'dur' | 'tdur') => tasks.reduce((most, task) => Math.max(most, task[field] ?? 0), 0) / 1000;
  return { wallMs: longest('dur'), processorMs: longest('tdur') };
}
