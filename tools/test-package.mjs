import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { runMain } from './setup/set-up.mjs';

/**
 * `npm run test:package`: makes the unpacked package with a stand-in for Electron, copies its engine out of the
 * checkout, where no `node_modules` is within reach, and runs `--self-test` there on the packaged Node.
 */
await runMain(async () => {
  const dist = [path.join(root, 'tools', 'dist.mjs'), '--stand-in', '--dir'];
  const made = await runInForeground(process.execPath, dist);
  if (made !== 0) return made;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-package-'));
  try {
    const engine = path.join(folder, 'engine');
    const unpacked = path.join(root, 'out', 'packages', 'linux-unpacked', 'resources', 'engine');
    await cp(unpacked, engine, { recursive: true, verbatimSymlinks: true });
    const nowhere = { NODE_PATH: '', PELLUCID_NODE: '', PELLUCID_ENGINE: '' };
    return await runInForeground(path.join(engine, 'bin', 'pellucid'), ['--self-test'], nowhere);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
