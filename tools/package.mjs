import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { step } from './setup/progress.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

const stage = path.join(root, 'out', 'engine');

/**
 * `npm run package [-- ELECTRON-BUILDER OPTIONS]`: lays out the engine's folder as electron-builder.yml ships it, then
 * lets electron-builder make the packages. The engine's folder has the shape of the checkout, so that the engine finds
 * everything where it finds it in development.
 */
await runMain(async () => {
  const { node } = await setUp();
  await step("Laying out the engine's folder", stageEngine);
  const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
  return runInForeground(node, [builder, '--publish', 'never', ...process.argv.slice(2)]);
});

async function stageEngine() {
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  for (const place of ['package.json', 'LICENSE', 'assets', 'dist/src', ...(await productionPackages())]) {
    await cp(path.join(root, place), path.join(stage, place), {
      recursive: true,
      // The library's other names are links to it; following them would ship its 788 MB three times.
      verbatimSymlinks: true,
      filter: isShipped,
    });
  }
}

/** @returns {Promise<string[]>} folders of the packages that the lock file does not mark as for development only */
async function productionPackages() {
  const { packages } = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8'));
  return Object.keys(packages).filter(
    (folder) => folder !== '' && packages[folder].dev !== true && existsSync(path.join(root, folder)),
  );
}

/** @param {string} source */
function isShipped(source) {
  const place = path.relative(root, source).split(path.sep).join('/');
  // Only needed to build the addon, or to write against Node's headers.
  return !/^node_modules\/(@tensorflow\/tfjs-node\/(deps\/include|binding)|node-[a-z0-9-]+\/(include|share))$/.test(
    place,
  );
}
