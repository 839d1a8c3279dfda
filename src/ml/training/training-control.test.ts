import { expect, it } from 'vitest';
import { TrainingControl } from './training-control.ts';

it('lets a paused training go on when it is resumed, and end when it is stopped', async () => {
  const control = new TrainingControl();
  control.pause();
  expect(control.isPaused).toBe(true);
  const released = control.released();
  control.resume();
  await released;
  expect([control.isPaused, control.isStopped]).toEqual([false, false]);
  control.pause();
  const stopped = control.released();
  control.stop();
  await stopped;
  expect([control.isPaused, control.isStopped]).toEqual([false, true]);
});

it('waits on through a resume that is followed by a pause at once', async () => {
  const control = new TrainingControl();
  control.pause();
  let isReleased = false;
  const released = control.released().then(() => (isReleased = true));
  control.resume();
  control.pause();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isReleased).toBe(false);
  control.resume();
  await released;
});
