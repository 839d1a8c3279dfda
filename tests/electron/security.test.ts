import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (place: string): string => readFileSync(path.join(root, place), 'utf8');

/** The major version that was current when the rest was last looked at; it only ever rises. */
const currentMajor = 45;

/** What is left of Electron's checklist when windows and handlers have been tested: the code and its configuration. */
describe("Electron's checklist", () => {
  test('nothing is loaded from the network: no address but the own page is in the code of the shell', () => {
    const addresses = sources('electron').flatMap(({ text }) => text.match(/\b(https?|wss?|ftp|file):\/\/[^\s'"`]*/g));
    expect(addresses.filter((address) => address !== null)).toEqual([]);
  });

  test('no address is ever handed to the system: the module that does so is not imported', () => {
    const imported = sources('electron').flatMap(({ text }) =>
      [...text.matchAll(/import (?:type )?\{([^}]*)\} from 'electron'/g)].map(([, names = '']) => names),
    );
    expect(imported.length).toBeGreaterThan(5);
    expect(imported.filter((names) => /\bshell\b/.test(names))).toEqual([]);
    expect(
      sources('electron').filter(({ text }) => /openExternal|openPath|import \* as \w+ from 'electron'/.test(text)),
    ).toEqual([]);
  });

  test('Electron is a version that is still mended', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
    const version = packages['node_modules/electron']?.version ?? '';
    expect(Number.parseInt(version)).toBeGreaterThanOrEqual(currentMajor);
    expect(version).not.toContain('-');
  });

  test("fuses are set so that nothing but the app's own archive runs", () => {
    const block = /^electronFuses:\n((?: {2}.*\n)+)/m.exec(read('electron-builder.yml'))?.[1] ?? '';
    const fuses = Object.fromEntries(
      block.split('\n').flatMap((line) => (line === '' ? [] : [line.trim().split(': ')])),
    );
    expect(fuses).toEqual({
      runAsNode: 'false',
      enableCookieEncryption: 'true',
      enableNodeOptionsEnvironmentVariable: 'false',
      enableNodeCliInspectArguments: 'false',
      enableEmbeddedAsarIntegrityValidation: 'true',
      onlyLoadAppFromAsar: 'true',
      grantFileProtocolExtraPrivileges: 'false',
    });
  });
});

test('each of the 20 items has a line in docs/security.md that names a test, and the test exists', () => {
  const rows = [...read('docs/security.md').matchAll(/^\| (\d+)\. .*\| `([^`]+)`: (.+?) +\|$/gm)];
  expect(rows.map(([, item]) => Number(item))).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  for (const [, item, file = '', title = ''] of rows) {
    expect(read(file).replaceAll("\\'", "'"), `item ${item}`).toContain(title);
  }
});

function sources(folder: string): { place: string; text: string }[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((place) => place.endsWith('.ts') && !place.endsWith('.test.ts'))
    .map((place) => ({ place, text: read(path.join(folder, place)) }));
}
