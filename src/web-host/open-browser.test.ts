import { expect, test } from 'vitest';
import { browserCommand } from './open-browser.ts';

const address = 'http://127.0.0.1:1/#token=x';

test.each([
  ['linux', { DISPLAY: ':0' }, 'xdg-open'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ['darwin', {}, 'open'],
  ['win32', {}, 'rundll32'],
])('on %s with %o the address goes to %s', (platform, env, command) => {
  const found = browserCommand(platform, env, address);
  expect(found?.[0]).toBe(command);
  expect(found?.at(-1)).toBe(address);
});

test('without a display no browser is opened', () => {
  expect(browserCommand('linux', { DISPLAY: '' }, address)).toBeUndefined();
});
