import { prepareBrowser } from './setup/browser.mjs';
import { forgetFailures } from './setup/remembered-failure.mjs';
import { report } from './setup/progress.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/**
 * `node tools/setup.mjs [--browser] [--retry]`: the set-up that `npm start` and `npm test` do, alone. `--browser` also
 * looks for the browser of the end-to-end tests, `--retry` tries again what failed not long ago.
 */
await runMain(async () => {
  if (process.argv.includes('--retry')) await forgetFailures();
  const { node } = await setUp();
  if (!process.argv.includes('--browser')) return 0;
  const found = await prepareBrowser(node);
  report('browser' in found ? `The browser tests use ${found.browser}.` : found.problem);
  return 'browser' in found ? 0 : 1;
});
