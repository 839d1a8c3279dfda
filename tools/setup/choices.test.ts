import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { browserPlaces } from './browser.mjs';
import { firstMismatch, npmCommand } from './dependencies.mjs';
import { windowObstacle } from './electron-binary.mjs';
import { nodeVersionProblem } from './engine-node.mjs';
import { cacheFolder } from './paths.mjs';

describe('nodeVersionProblem', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('takes %s', (version) => {
    expect(nodeVersionProblem(version)).toBeUndefined();
  });
  it.each(['18.20.0', '20.18.3'])('refuses %s and names it', (version) => {
    expect(nodeVersionProblem(version)).toContain(version);
  });
});

describe('cacheFolder', () => {
  it('follows PELLUCID_CACHE before anything else', () => {
    expect(cacheFolder({ PELLUCID_CACHE: '/x', XDG_CACHE_HOME: '/y' }, 'linux')).toBe(path.resolve('/x'));
  });
  it('follows XDG_CACHE_HOME on Linux', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/y' }, 'linux')).toBe(path.join('/y', 'pellucid'));
  });
});

describe('firstMismatch', () => {
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  };
  const installed = (versions: Record<string, string>) => (folder: string) => Promise.resolve(versions[folder]);

  it('finds nothing where all is in line, an absent optional package included', async () => {
    expect(await firstMismatch(packages, installed({ 'node_modules/a': '1.0.0' }))).toBeUndefined();
  });
  it('names a missing package', async () => {
    expect(await firstMismatch(packages, installed({}))).toBe('node_modules/a is missing');
  });
  it('names a package of another version, optional or not', async () => {
    const versions = { 'node_modules/a': '1.0.0', 'node_modules/b': '2.1.0' };
    expect(await firstMismatch(packages, installed(versions))).toBe('node_modules/b is 2.1.0 and should be 2.0.0');
  });
});

describe('npmCommand', () => {
  it('uses the npm that started us', () => {
    const expected = { command: process.execPath, args: ['/n/npm-cli.js'], shell: false };
    expect(npmCommand({ npm_execpath: '/n/npm-cli.js' }, 'linux')).toEqual(expected);
  });
  it('uses npm from the path where another package manager or nobody started us', () => {
    expect(npmCommand({ npm_execpath: '/n/pnpm.cjs' }, 'linux').command).toBe('npm');
    expect(npmCommand({}, 'win32').shell).toBe(true);
  });
});

describe('windowObstacle', () => {
  it('names a missing display and a root user on Linux only', () => {
    expect(windowObstacle({}, 'linux', 1000)).toContain('no display');
    expect(windowObstacle({ DISPLAY: ':0' }, 'linux', 0)).toContain('root');
    expect(windowObstacle({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', 1000)).toBeUndefined();
    expect(windowObstacle({}, 'darwin', 501)).toBeUndefined();
  });
});

describe('browserPlaces', () => {
  it('looks nowhere else when PELLUCID_BROWSER names one', () => {
    expect(browserPlaces({ PELLUCID_BROWSER: '/my/chrome', PATH: '/usr/bin' }, 'linux')).toEqual(['/my/chrome']);
  });
  it('looks along the path before the usual places', () => {
    const places = browserPlaces({ PATH: '/a:/b' }, 'linux');
    expect(places.slice(0, 2)).toEqual(['/a/chromium', '/b/chromium']);
    expect(places.indexOf('/b/google-chrome')).toBeLessThan(places.indexOf('/snap/bin/chromium'));
  });
  it('knows the programs folders of Windows', () => {
    const places = browserPlaces({ Path: 'C:\\x', ProgramFiles: 'C:\\P' }, 'win32');
    expect(places).toContain('C:\\x\\chrome.exe');
    expect(places).toContain('C:\\P\\Google\\Chrome\\Application\\chrome.exe');
  });
});
