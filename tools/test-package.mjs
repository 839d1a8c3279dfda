import { appendFile, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { checkFuses } from './packaging/fuses.mjs';
import { engineFiles } from './packaging/stage-app.mjs';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { report } from './setup/progress.mjs';
import { runMain } from './setup/set-up.mjs';

/**
 * `npm run test:package`: makes the unpacked package with a stand-in for Electron, reads its fuses, copies its engine out of the
 * checkout, where no `node_modules` is within reach, compares it with the hashes that the app's archive holds, and runs
 * `--self-test` there on the packaged Node.
 */
await runMain(async () => {
  const dist = [path.join(root, 'tools', 'dist.mjs'), '--stand-in', '--dir'];
  const made = await runInForeground(process.execPath, dist);
  if (made !== 0) return made;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pellucid-package-'));
  try {
    const engine = path.join(folder, 'engine');
    const unpacked = path.join(root, 'out', 'packages', 'linux-unpacked');
    await checkFuses(path.join(unpacked, 'pellucid'));
    report('The fuses of the packed binary are set.');
    await cp(path.join(unpacked, 'resources', 'engine'), engine, { recursive: true, verbatimSymlinks: true });
    await checkHashes(engine);
    const nowhere = { NODE_PATH: '', PELLUCID_NODE: '', PELLUCID_ENGINE: '' };
    return await runInForeground(path.join(engine, 'bin', 'pellucid'), ['--self-test'], nowhere);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/**
 * The packed engine is what the app expects, and is refused once a byte of it has been added. The file that is changed
 * is no part of what runs afterwards.
 * @param {string} engine
 */
async function checkHashes(engine) {
  const { checkFiles } = await engineFiles();
  const list = path.join(root, 'out', 'app', 'dist', 'engine-files.json');
  const expected = JSON.parse(await readFile(list, 'utf8'));
  const started = performance.now();
  await checkFiles(engine, expected);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  report(`${Object.keys(expected).length} files of the engine are as they were packed (checked in ${seconds} s).`);
  await appendFile(path.join(engine, 'LICENSE'), ' ');
  const refused = await checkFiles(engine, expected).then(
    () => false,
    () => true,
  );
  if (!refused) throw new Error('An engine with a changed file was not refused.');
}
