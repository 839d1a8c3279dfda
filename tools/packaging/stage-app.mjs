import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommand } from '../setup/command.mjs';
import { root } from '../setup/paths.mjs';

/**
 * Lays out what runs in Electron: the main process as one file, the preload script, the page, and the list of the
 * engine's files with their hashes, which the archive's own integrity protects.
 * @param {string} node the engine's Node binary
 * @param {string} engine the engine's folder, complete
 * @param {string} target folder to make
 */
export async function stageApp(node, engine, target) {
  for (const place of ['dist/electron/preload', 'dist/renderer', 'LICENSE']) {
    await cp(path.join(root, place), path.join(target, place), { recursive: true });
  }
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const bundle = ['build', '--config', 'vite.main.config.ts', '--outDir', path.join(target, 'dist/electron/main')];
  const result = await runCommand(node, [vite, ...bundle]);
  if (!result.ok) throw new Error(`The main process could not be bundled, ${result.reason}:\n${result.output}`);
  const { name, version, description, author, license, type, main, homepage } = JSON.parse(
    await readFile(path.join(root, 'package.json'), 'utf8'),
  );
  const about = { name, version, description, author, license, type, main, homepage };
  await writeFile(path.join(target, 'package.json'), JSON.stringify(about, null, 2));
  const { hashFiles } = await engineFiles();
  await writeFile(path.join(target, 'dist/engine-files.json'), JSON.stringify(await hashFiles(engine), null, 1));
  const icons = [path.join(root, 'tools/packaging/draw-icons.ts'), path.join(path.dirname(target), 'build')];
  const drawn = await runCommand(node, ['--disable-warning=ExperimentalWarning', ...icons]);
  if (!drawn.ok) throw new Error(`The icons could not be drawn, ${drawn.reason}:\n${drawn.output}`);
}

/** What takes stock of the engine's folder here is what checks it in the app. @returns {Promise<any>} */
export function engineFiles() {
  return import(pathToFileURL(path.join(root, 'dist/src/engine-client/engine-files.js')).href);
}
