import path from 'node:path';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/** `npm run fuzz [-- ROUNDS [SEED]]`: sets up, and decodes damaged `.pel` files on the engine's own Node. */
await runMain(async () => {
  const { node } = await setUp();
  const script = path.join(root, 'tools', 'fuzz-pel.ts');
  return runInForeground(node, ['--disable-warning=ExperimentalWarning', script, ...process.argv.slice(2)]);
});
