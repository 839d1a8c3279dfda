import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBrowser } from './setup/browser.mjs';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/** `npm run bench [-- SUITE... --short]`: sets up, and measures on the engine's own Node, in its environment. */
await runMain(async () => {
  const { node } = await setUp();
  const built = pathToFileURL(path.join(root, 'dist', 'src', 'engine-client', 'engine-environment.js'));
  /** @type {typeof import('../src/engine-client/engine-environment.ts')} */
  const { engineEnvironment } = await import(built.href);
  const settings = { threads: null, memoryLimitBytes: null };
  const env = engineEnvironment(process.env, { cores: os.availableParallelism(), settings, tileShare: 1 });
  // For the suite that measures the window.
  const browser = await findBrowser();
  const flags = ['--disable-warning=ExperimentalWarning'];
  return runInForeground(node, [...flags, path.join(root, 'bench', 'run.ts'), ...process.argv.slice(2)], {
    ...env,
    ...(browser === undefined ? {} : { PELLUCID_BROWSER: browser }),
  });
});
