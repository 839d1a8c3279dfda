import { expect, test } from 'vitest';
import { filesFromArguments } from './files-from-arguments.ts';

test('files are what is no option, from the folder in which the command was given', () => {
  const argv = ['/opt/Pellucid/pellucid', '--no-sandbox', 'a.jpg', '/b.pel', '', '-psn_0_1'];
  expect(filesFromArguments(argv, true, '/home/ada')).toEqual(['/home/ada/a.jpg', '/b.pel']);
});

test('in a checkout the folder of the app comes first', () => {
  expect(filesFromArguments(['electron', '.', 'a.jpg'], false, '/x')).toEqual(['/x/a.jpg']);
  expect(filesFromArguments(['electron', '.'], false, '/x')).toEqual([]);
});
