import { expect, test } from 'vitest';
import { createLaneQueue } from './lane-queue.ts';

const never = new AbortController().signal;
const later = () => new Promise((resolve) => setTimeout(resolve, 2));

/** A job that tells when it starts and ends when it is told to. */
function createJob(name: string, log: string[]) {
  let finish = (): void => undefined;
  const gate = new Promise<void>((resolve) => (finish = resolve));
  const job = async (): Promise<string> => {
    log.push(`${name} starts`);
    await gate;
    log.push(`${name} ends`);
    return name;
  };
  return { job, finish };
}

test('jobs of one lane run one after the other in the order in which they came', async () => {
  const queue = createLaneQueue();
  const log: string[] = [];
  const jobs = ['a', 'b', 'c'].map((name) => createJob(name, log));
  const results = jobs.map(({ job }) => queue.run('heavy', never, job));
  for (const { finish } of jobs.toReversed()) finish();
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
});

test('the lanes do not wait for each other, and light jobs for nothing', async () => {
  const queue = createLaneQueue();
  const log: string[] = [];
  for (const lane of ['heavy', 'training', 'preview', 'light', 'light'] as const) {
    void queue.run(lane, never, createJob(lane, log).job);
  }
  await later();
  expect(log).toEqual(['heavy starts', 'training starts', 'preview starts', 'light starts', 'light starts']);
});

test('a job that fails lets the next one run', async () => {
  const queue = createLaneQueue();
  const failing = queue.run('heavy', never, () => Promise.reject(new Error('broken')));
  const next = queue.run('heavy', never, async () => 'next');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('next');
});

test('a job that is aborted while it waits never starts, and those behind it keep their place', async () => {
  const queue = createLaneQueue();
  const log: string[] = [];
  const [a, b, c] = ['a', 'b', 'c'].map((name) => createJob(name, log)) as [
    ReturnType<typeof createJob>,
    ReturnType<typeof createJob>,
    ReturnType<typeof createJob>,
  ];
  const controller = new AbortController();
  const first = queue.run('heavy', never, a.job);
  const second = queue.run('heavy', controller.signal, b.job);
  const third = queue.run('heavy', never, c.job);
  controller.abort();
  await expect(second).rejects.toMatchObject({ code: 'ABORTED' });
  a.finish();
  c.finish();
  await Promise.all([first, third]);
  expect(log).toEqual(['a starts', 'a ends', 'c starts', 'c ends']);
});

test('one that was aborted before does not take a place', async () => {
  const queue = createLaneQueue();
  const { job, finish } = createJob('a', []);
  const first = queue.run('heavy', never, job);
  await expect(queue.run('heavy', AbortSignal.abort(), job)).rejects.toMatchObject({ code: 'ABORTED' });
  finish();
  await first;
  expect(await queue.run('heavy', never, async () => 'free')).toBe('free');
});
