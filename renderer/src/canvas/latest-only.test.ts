import { expect, it } from 'vitest';
import { LatestOnly } from './latest-only.ts';

it('runs one task at a time and of the waiting ones only the newest', async () => {
  const latest = new LatestOnly();
  const seen: string[] = [];
  let running = 0;
  const task = (name: string) => async () => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    seen.push(name);
  };
  for (const name of ['first', 'second', 'third', 'last']) latest.run(task(name));
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(seen).toEqual(['first', 'last']);
});

it('goes on after a task that failed', async () => {
  const latest = new LatestOnly();
  let isDone = false;
  latest.run(() => Promise.reject(new Error('The first one fails.')));
  latest.run(() => {
    isDone = true;
    return Promise.resolve();
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isDone).toBe(true);
});
