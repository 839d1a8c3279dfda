import { expect, test } from 'vitest';
import { engineEnvironment } from './engine-environment.ts';

const decidedHere = { threads: null, memoryLimitBytes: null };
const machine = { cores: 8, settings: decidedHere, tileShare: 1 };

test('thread counts follow the machine, within the bounds of the pool', () => {
  const envOf = (cores: number) => engineEnvironment({}, { ...machine, cores });
  expect(envOf(2)).toMatchObject({ UV_THREADPOOL_SIZE: '4', OMP_NUM_THREADS: '2' });
  expect(envOf(64)).toMatchObject({ UV_THREADPOOL_SIZE: '16', OMP_NUM_THREADS: '64' });
});

test('what the person allows is told to the engine', () => {
  const settings = { threads: 3, memoryLimitBytes: 2 ** 31 };
  expect(engineEnvironment({}, { ...machine, settings })).toMatchObject({
    OMP_NUM_THREADS: '3',
    TF_NUM_INTRAOP_THREADS: '3',
    PELLUCID_MEMORY_LIMIT: String(2 ** 31),
  });
  expect(engineEnvironment({ PELLUCID_THREADS: '1' }, { ...machine, settings })['TF_NUM_INTRAOP_THREADS']).toBe('1');
});

test('an engine that had run out of memory starts with smaller tiles', () => {
  expect(engineEnvironment({}, { ...machine, tileShare: 0.25 })['PELLUCID_TILE_SHARE']).toBe('0.25');
});

test('what the person has set in the environment stays', () => {
  const env = { OMP_NUM_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '0', HOME: '/home/ada' };
  expect(engineEnvironment(env, machine)).toMatchObject(env);
});

test('nothing that changes what Node does gets through', () => {
  const env = { NODE_OPTIONS: '--require /evil.js', ELECTRON_RUN_AS_NODE: '1', NODE_CHANNEL_FD: '3', EMPTY: undefined };
  expect(Object.keys(engineEnvironment(env, machine)).toSorted()).toEqual([
    'GLIBC_TUNABLES',
    'OMP_NUM_THREADS',
    'TF_CPP_MIN_LOG_LEVEL',
    'UV_THREADPOOL_SIZE',
  ]);
});
