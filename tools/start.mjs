import path from 'node:path';
import { prepareElectron, windowObstacle } from './setup/electron-binary.mjs';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { report } from './setup/progress.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/**
 * `npm start [-- --no-open] [-- --port N]`: opens Pellucid's window, or where that is not possible, or a browser was
 * asked for by an option, serves the same on this machine alone and prints the address.
 */
await runMain(async () => {
  const args = process.argv.slice(2);
  const { node } = await setUp();
  if (args.length > 0) return serve(node, args);
  const obstacle = windowObstacle(process.env, process.platform, process.getuid?.());
  if (obstacle !== undefined) {
    report(`${obstacle}, so open the address below in a browser.`);
    return serve(node, ['--no-open']);
  }
  const found = await prepareElectron(node);
  if ('binary' in found) return runInForeground(found.binary, [root]);
  report(`${found.problem}, so Pellucid opens in a browser.`);
  return serve(node, []);
});

/** @param {string} node @param {readonly string[]} args for the web host @returns {Promise<number>} its exit code */
function serve(node, args) {
  return runInForeground(node, [path.join(root, 'dist', 'src', 'web-host', 'main.js'), ...args]);
}
