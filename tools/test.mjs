import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { prepareBrowser } from './setup/browser.mjs';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { report } from './setup/progress.mjs';
import { runMain, setUp } from './setup/set-up.mjs';
import { countOutcomes, outcomeLine } from './test-outcome.mjs';

/**
 * `npm test [-- FILTER...]`: sets up, runs every test on the engine's own Node, and ends with `N passed, N failed`.
 * Without a browser the end-to-end tests do not run; that is said plainly, and is a failure where CI is set.
 */
await runMain(async () => {
  const { node } = await setUp();
  const found = await prepareBrowser(node);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-test-'));
  try {
    const resultFile = path.join(folder, 'result.json');
    const projects = 'browser' in found ? [] : ['--project=!e2e'];
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`, ...projects];
    const env = 'browser' in found ? { PELLUCID_BROWSER: found.browser } : {};
    const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const code = await runInForeground(node, [vitest, ...args, ...process.argv.slice(2)], env);
    const result = await readFile(resultFile, 'utf8').catch(() => undefined);
    const outcomes = countOutcomes(result === undefined ? undefined : JSON.parse(result), code);
    const lacksBrowser = 'problem' in found;
    if (lacksBrowser) report(`The end-to-end tests did not run. ${found.problem}`);
    process.stdout.write(`${outcomeLine(outcomes)}\n`);
    return code !== 0 ? code : lacksBrowser && process.env['CI'] ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
