import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { billOfMaterials } from './bill-of-materials.mjs';
import { shippedPackages } from './stage-engine.mjs';
import { inTheWindow } from './third-party.mjs';

const root = new URL('../../', import.meta.url);

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(new URL(`${folder}/package.json`, root), 'utf8')) as { version: string }).version;
}

test('the bill of materials names every package that is shipped, with its version, and nothing that is not', async () => {
  const shipped = [...(await shippedPackages()), ...inTheWindow];
  const { components } = await billOfMaterials(shipped);
  const purls = components.map((component) => String(Reflect.get(component, 'purl')));
  for (const folder of shipped) {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    expect(purls).toContain(`pkg:npm/${name.replace('@', '%40')}@${versionOf(folder)}`);
  }
  expect(purls).toContain(`pkg:github/nodejs/node@${process.version}`);
  expect(purls.some((purl) => purl.startsWith('pkg:pypi/tensorflow@2.'))).toBe(true);
  expect(purls.some((purl) => purl.startsWith('pkg:generic/vips@8.'))).toBe(true);
  expect(purls.filter((purl) => /npm\/(vitest|eslint|typescript|electron-builder)@/.test(purl))).toEqual([]);
  expect(new Set(purls).size).toBe(purls.length);
}, 60_000);

test('what the window is built from is known', () => {
  const folders = ['renderer/src', 'electron', 'src/rpc', 'src/shared'];
  const imported = folders.flatMap((folder) => {
    const at = new URL(`${folder}/`, root);
    const names = readdirSync(at, { recursive: true, encoding: 'utf8' });
    const sources = names.filter((name) => /\.(ts|svelte)$/.test(name) && !/\.test(-support)?\.ts$/.test(name));
    return sources.flatMap((name) =>
      [...readFileSync(new URL(name, at), 'utf8').matchAll(/from '((?:@[\w-]+\/)?[a-z][\w-]*)[^']*'/g)].map(
        ([, module = '']) => module,
      ),
    );
  });
  // zod is shipped with the engine.
  const known = new Set([...inTheWindow.map((folder) => folder.slice('node_modules/'.length)), 'node', 'zod']);
  expect([...new Set(imported)].filter((name) => !known.has(name))).toEqual([]);
});
