import path from 'node:path';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/** `npm run bench [-- SUITE...] [-- --short]`: sets up, and measures on the engine's own Node. */
await runMain(async () => {
  const { node } = await setUp();
  const flags = ['--disable-warning=ExperimentalWarning'];
  return runInForeground(node, [...flags, path.join(root, 'bench', 'run.ts'), ...process.argv.slice(2)]);
});
