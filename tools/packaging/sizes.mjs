import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Parts of a package, the first that fits. @type {readonly (readonly [string, RegExp])[]} */
const parts = [
  ['TensorFlow', /tfjs-node\/(deps|lib)\//],
  ["the engine's Node", /engine\/node_modules\/node-[^/]+\/bin\//],
  ['libvips and sharp', /engine\/node_modules\/(@img|sharp)\//],
  ['models and samples', /engine\/assets\//],
  ['modules of npm', /engine\/node_modules\//],
  ['Pellucid: engine, command, page', /engine\/(dist|bin|package\.json|LICENSE)/],
  ['licences and bill of materials', /engine\//],
  ['Pellucid: the window', /\.asar$/],
  ['Electron', /./],
];

/**
 * Prints the size of each part of the unpacked package and of every finished one.
 * @param {string} folder electron-builder's output
 */
export async function reportSizes(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory() && /unpacked$|^mac/.test(entry.name)) await reportParts(place);
    else if (entry.isFile() && !/\.(yml|yaml|blockmap)$/.test(entry.name)) {
      print(entry.name, (await lstat(place)).size);
    }
  }
}

/** @param {string} folder */
async function reportParts(folder) {
  const sizes = new Map(parts.map(([name]) => [name, 0]));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const place = path.relative(folder, file).split(path.sep).join('/');
    const [name = ''] = parts.find(([, pattern]) => pattern.test(place)) ?? [];
    sizes.set(name, (sizes.get(name) ?? 0) + (await lstat(file)).size);
  }
  for (const [name, bytes] of sizes) print(name, bytes);
  print(
    path.basename(folder),
    [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
  );
}

/** @param {string} name @param {number} bytes */
function print(name, bytes) {
  process.stdout.write(`${(bytes / 1e6).toFixed(1).padStart(9)} MB  ${name}\n`);
}
