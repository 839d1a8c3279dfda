import path from 'node:path';
import { prepareElectron, windowObstacle } from './setup/electron-binary.mjs';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { report } from './setup/progress.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/** The exit code where there is no Electron, or no display for its window: neither passed nor failed. */
const didNotRun = 3;

/**
 * `npm run test:electron [-- FILTER...]`: the end-to-end tests in Electron itself. Where that cannot be, it says so
 * aloud and ends with code 3, so that nobody takes it for a success.
 */
await runMain(async () => {
  const { node } = await setUp();
  const obstacle = windowObstacle(process.env, process.platform, process.getuid?.());
  const found = obstacle === undefined ? await prepareElectron(node) : { problem: obstacle };
  if ('problem' in found) {
    report(`THE TESTS IN ELECTRON DID NOT RUN. ${found.problem}.`);
    return didNotRun;
  }
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project=electron', ...process.argv.slice(2)];
  return runInForeground(node, args, { PELLUCID_ELECTRON: found.binary });
});
