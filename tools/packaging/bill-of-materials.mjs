import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { npmCommand } from '../setup/dependencies.mjs';
import { engineNode } from '../setup/engine-node.mjs';
import { root } from '../setup/paths.mjs';
import { tensorFlowVersion } from '../setup/tensorflow-recipe.mjs';
import { inTheWindow, nameOf } from './third-party.mjs';

/**
 * @typedef {object} Component what is used of a component of CycloneDX
 * @property {string} bom-ref
 * @property {string} name
 * @property {string} version
 */

/**
 * The bill of materials of a package for this machine's platform, in CycloneDX's form: what npm says of each package of
 * which something is shipped, and what does not come from npm: TensorFlow, Node, and the libraries inside libvips.
 * @param {readonly string[]} shipped folders of packages, relative to the root
 * @returns {Promise<{ components: Component[], dependencies: { ref: string, dependsOn: string[] }[] }>}
 * @throws {Error} where npm does not know one of them
 */
export async function billOfMaterials(shipped) {
  const bill = await npmBill();
  const wanted = new Set(await Promise.all([...shipped, ...inTheWindow].map(nameOf)));
  const components = new Map();
  for (const component of bill.components) {
    const name = `${component.name}@${component.version}`;
    if (wanted.has(name)) components.set(name, component);
  }
  const missing = [...wanted].filter((name) => !components.has(name));
  if (missing.length > 0) throw new Error(`npm's bill of materials lacks ${missing.join(', ')}.`);
  const own = [bill.metadata.component['bom-ref'], ...[...components.values()].map((found) => found['bom-ref'])];
  const refs = new Set(own);
  const dependencies = bill.dependencies.flatMap((/** @type {{ ref: string, dependsOn: string[] }} */ entry) =>
    refs.has(entry.ref) ? [{ ...entry, dependsOn: entry.dependsOn.filter((ref) => refs.has(ref)) }] : [],
  );
  return { ...bill, components: [...components.values(), ...(await notFromNpm())], dependencies };
}

/** @returns {Promise<any>} */
async function npmBill() {
  const { command, args, shell } = npmCommand(process.env, process.platform);
  const list = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
  const result = await runCommand(command, [...args, ...list, '--loglevel=error'], { shell, keepOutput: true });
  if (!result.ok) throw new Error(`"npm sbom" failed, ${result.reason}:\n${result.output.slice(0, 2000)}`);
  return JSON.parse(result.output);
}

/** What is shipped without being a package of npm. */
async function notFromNpm() {
  const { version } = JSON.parse(await readFile(path.join(path.dirname(engineNode()), '..', 'package.json'), 'utf8'));
  const images = path.join(root, 'node_modules', '@img');
  const [libvips] = (await readdir(images)).filter((name) => name.startsWith('sharp-libvips-'));
  // On Windows libvips lies in sharp's own package.
  const holder = libvips ?? `sharp-${process.platform}-${process.arch}`;
  const versions = JSON.parse(await readFile(path.join(images, holder, 'versions.json'), 'utf8'));
  return [
    component('tensorflow', tensorFlowVersion, `pkg:pypi/tensorflow@${tensorFlowVersion}`, 'Apache-2.0'),
    component('node', version, `pkg:github/nodejs/node@v${version}`, 'MIT'),
    ...Object.entries(versions).map(([name, of]) => component(name, of, `pkg:generic/${name}@${of}`)),
  ];
}

/** @param {string} name @param {string} version @param {string} purl @param {string} [licence] */
function component(name, version, purl, licence) {
  const licenses = licence === undefined ? {} : { licenses: [{ license: { id: licence } }] };
  return { 'bom-ref': purl, type: 'library', name, version, purl, ...licenses };
}
