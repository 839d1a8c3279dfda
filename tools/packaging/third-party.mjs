import { init } from 'license-checker-rseidelsohn';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../setup/paths.mjs';
import { tensorFlowVersion } from '../setup/tensorflow-recipe.mjs';

/** What is compiled into the window, and Electron, whose own notices lie beside its binary. */
export const inTheWindow = ['@msgpack/msgpack', 'clsx', 'electron', 'esm-env', 'svelte', 'uplot'].map(
  (name) => `node_modules/${name}`,
);

/** Licences under which other people's work may be shipped with the app. */
const accepted =
  /^\(?(0BSD|Apache-2\.0|BlueOak-1\.0\.0|BSD-[23]-Clause|ISC|LGPL-3\.0-or-later|MIT|AND|OR|WTFPL|CC0-1\.0| )+\)?$/;

/**
 * Writes THIRD-PARTY-LICENCES.txt: every package of which something is shipped, with its licence and the text of it.
 * @param {readonly string[]} shipped folders of packages, relative to the root
 * @param {string} target folder to write to
 * @throws {Error} when a licence is not one of those accepted
 */
export async function writeLicences(shipped, target) {
  const wanted = new Set(await Promise.all([...shipped, ...inTheWindow].map(nameOf)));
  const found = Object.entries(await allLicences()).filter(([name]) => wanted.has(name));
  const missing = [...wanted].filter((name) => !found.some(([other]) => other === name));
  if (missing.length > 0) throw new Error(`No licence was found for ${missing.join(', ')}.`);
  const refused = found.filter(([, { licenses }]) => !accepted.test(String(licenses)));
  if (refused.length > 0) {
    const names = refused.map(([name, { licenses }]) => `${name} (${licenses})`).join(', ');
    throw new Error(
      `These may not be shipped under their licences: ${names}. Replace them, or see to the licence first.`,
    );
  }
  const texts = await Promise.all(found.map(([name, about]) => entryOf(name, about)));
  const apache = await readFile(path.join(root, 'node_modules', 'sharp', 'LICENSE'), 'utf8');
  const tensorFlow = [
    `TensorFlow ${tensorFlowVersion} (libtensorflow_cc, libtensorflow_framework)`,
    'Apache-2.0, https://github.com/tensorflow/tensorflow',
    `The full text of the licence, for this and for every package above that refers to Apache-2.0:\n\n${apache}`,
  ].join('\n');
  const head = 'Pellucid contains the work of others. Each is listed with its licence.';
  await writeFile(
    path.join(target, 'THIRD-PARTY-LICENCES.txt'),
    [head, ...texts, tensorFlow].join(`\n\n${'-'.repeat(80)}\n\n`),
  );
}

/** @param {string} folder relative to the root @returns {Promise<string>} such as `sharp@0.35.5` */
export async function nameOf(folder) {
  const { name, version } = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
  return `${name}@${version}`;
}

/** @returns {Promise<import('license-checker-rseidelsohn').ModuleInfos>} */
function allLicences() {
  return new Promise((resolve, reject) => {
    init({ start: root }, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

/** @param {string} name @param {import('license-checker-rseidelsohn').ModuleInfo} about @returns {Promise<string>} */
async function entryOf(name, { licenses, repository, licenseFile }) {
  // Where a package has no file of its own for the licence, its read-me says what there is to say.
  const text = licenseFile === undefined ? '' : `\n\n${(await readFile(licenseFile, 'utf8')).trim()}`;
  return `${name}\n${licenses}${repository === undefined ? '' : `, ${repository}`}${text}`;
}
