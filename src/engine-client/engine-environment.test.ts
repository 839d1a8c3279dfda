import { expect, test } from 'vitest';
import { engineEnvironment } from './engine-environment.ts';

test('thread counts follow the machine, within the bounds of the pool', () => {
  expect(engineEnvironment({}, 2)).toMatchObject({ UV_THREADPOOL_SIZE: '4', OMP_NUM_THREADS: '2' });
  expect(engineEnvironment({}, 64)).toMatchObject({ UV_THREADPOOL_SIZE: '16', OMP_NUM_THREADS: '64' });
});

test('what the person has set stays', () => {
  const env = { OMP_NUM_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '0', HOME: '/home/ada' };
  expect(engineEnvironment(env, 8)).toMatchObject(env);
});

test('nothing that changes what Node does gets through', () => {
  const env = { NODE_OPTIONS: '--require /evil.js', ELECTRON_RUN_AS_NODE: '1', NODE_CHANNEL_FD: '3', EMPTY: undefined };
  expect(Object.keys(engineEnvironment(env, 1)).toSorted()).toEqual([
    'OMP_NUM_THREADS',
    'TF_CPP_MIN_LOG_LEVEL',
    'UV_THREADPOOL_SIZE',
  ]);
});
