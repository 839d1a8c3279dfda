import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const everywhere = ['src', 'electron', 'tools', 'bench', 'tests'];
/** The binary that `npm run test:electron` has found; the other runs have none. */
const electron = process.env['PELLUCID_ELECTRON'];
const wholeApp = {
  pool: 'forks',
  maxWorkers: 1,
  fileParallelism: false,
  testTimeout: 180_000,
  hookTimeout: 180_000,
  sequence: { groupOrder: 2 },
} as const;
const suffixed = (suffix: string) => everywhere.map((folder) => `${folder}/**/*.${suffix}.ts`);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: suffixed('test'),
          exclude: suffixed('native.test'),
        },
      },
      {
        // State and geometry of the window: modules with runes go through Svelte's compiler, as in the build.
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: { name: 'renderer', include: ['renderer/**/*.test.ts'] },
      },
      {
        test: {
          name: 'native',
          include: suffixed('native.test'),
          // TensorFlow is unstable in worker threads and takes every core by itself.
          pool: 'forks',
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { name: 'e2e', include: ['tests/e2e/**/*.e2e.ts'], ...wholeApp } },
      // The same in Electron, with what only Electron has.
      ...(electron === undefined
        ? []
        : [{ test: { name: 'electron', include: ['tests/e2e/**/*.{e2e,electron}.ts'], ...wholeApp } }]),
    ],
  },
});
