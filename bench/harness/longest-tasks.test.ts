import { describe, expect, it } from 'vitest';
import { longestTasks } from './longest-tasks.ts';

const names = [
  { name: 'thread_name', ph: 'M', pid: 7, tid: 1, args: { name: 'CrRendererMain' } },
  { name: 'thread_name', ph: 'M', pid: 7, tid: 2, args: { name: 'Compositor' } },
];
const task = (tid: number, dur: number, tdur: number, name = 'ThreadControllerImpl::RunTask') => ({
  ...{ name, ph: 'X', pid: 7, tid, dur, tdur },
});

describe('longestTasks', () => {
  it('looks at the main thread of the page alone, by the clock and by time on the processor', () => {
    const traceEvents = [...names, task(1, 40_000, 3000), task(1, 9000, 8000, 'RunTask'), task(2, 90_000, 90_000)];
    expect(longestTasks({ traceEvents })).toEqual({ wallMs: 40, processorMs: 8 });
  });

  it('takes no other events for tasks, and says when there are none', () => {
    expect(() => longestTasks({ traceEvents: [...names, task(1, 1, 1, 'Paint')] })).toThrow('no task');
  });
});
