import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { billOfMaterials } from './packaging/bill-of-materials.mjs';
import { stageApp } from './packaging/stage-app.mjs';
import { stageEngine } from './packaging/stage-engine.mjs';
import { reportSizes } from './packaging/sizes.mjs';
import { writeStandIn } from './packaging/stand-in-electron.mjs';
import { writeLicences } from './packaging/third-party.mjs';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { step } from './setup/progress.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

const out = path.join(root, 'out');

/**
 * `npm run dist [-- --stand-in] [-- ELECTRON-BUILDER OPTIONS]`: makes the packages that this machine can make. First the
 * two things that a package holds are laid out, `out/engine` and `out/app`; then electron-builder makes the packages from
 * them; then the size of every part is printed. `--stand-in` takes an empty shell in Electron's place, so that all but
 * the window can be looked at and run where Electron cannot be fetched.
 */
await runMain(async () => {
  const { node } = await setUp();
  const wanted = process.argv.slice(2);
  const engine = path.join(out, 'engine');
  await rm(out, { recursive: true, force: true });
  const shipped = await step("Laying out the engine's folder", () => stageEngine(engine));
  await step('Collecting licences', () => writeLicences(shipped, engine));
  await step('Writing the bill of materials', async () => {
    await writeFile(path.join(engine, 'sbom.cdx.json'), JSON.stringify(await billOfMaterials(shipped), null, 1));
  });
  await step('Laying out the app', () => stageApp(node, engine, path.join(out, 'app')));
  const options = wanted.filter((option) => option !== '--stand-in');
  if (options.length < wanted.length) options.push(`-c.electronDist=${await writeStandIn(path.join(out, 'stand-in'))}`);
  // The engine in a package is for this machine's kind of processor alone.
  const builder = [path.join(root, 'node_modules', 'electron-builder', 'cli.js'), `--${process.arch}`];
  const code = await runInForeground(node, [...builder, '--publish', 'never', ...options]);
  if (code === 0) await reportSizes(path.join(out, 'packages'));
  return code;
});
