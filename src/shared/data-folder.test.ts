import { expect, test } from 'vitest';
import { dataFolder } from './data-folder.ts';

test.each([
  ['linux', {}, '/home/ada', '/home/ada/.local/share/pellucid'],
  ['linux', { XDG_DATA_HOME: '/big/data' }, '/home/ada', '/big/data/pellucid'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada', '/home/ada/.local/share/pellucid'],
  ['darwin', { XDG_DATA_HOME: '/big/data' }, '/Users/ada', '/Users/ada/Library/Application Support/Pellucid'],
  ['win32', { APPDATA: 'D:\\Roaming' }, 'C:\\Users\\ada', 'D:\\Roaming\\Pellucid'],
  ['win32', {}, 'C:\\Users\\ada', 'C:\\Users\\ada\\AppData\\Roaming\\Pellucid'],
])('on %s with %o it is below the place for the data of apps', (platform, env, home, expected) => {
  expect(dataFolder(platform, env, home)).toBe(expected);
});

test.each(['linux', 'darwin', 'win32'])('PELLUCID_DATA decides on %s', (platform) => {
  expect(dataFolder(platform, { PELLUCID_DATA: '/elsewhere', APPDATA: 'x' }, '/home/ada')).toBe('/elsewhere');
  expect(dataFolder(platform, { PELLUCID_DATA: '' }, '/home/ada')).toContain('ellucid');
});
