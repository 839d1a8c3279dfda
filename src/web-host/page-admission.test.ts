import { expect, test } from 'vitest';
import { paramSchemas } from '../shared/params.ts';
import { admitPage } from './page-admission.ts';

const photo = { source: { bytes: new Uint8Array(1), name: 'a.png' } };
const needFiles = ['files.list', 'file.process', 'montage.write', 'train.start', 'evaluate.run'];

test('every call of the contract is decided upon: those that name files are refused', () => {
  const refused = Object.keys(paramSchemas).filter((name) => {
    try {
      return admitPage(name, photo) !== name;
    } catch {
      return true;
    }
  });
  expect(refused.toSorted()).toEqual(needFiles.toSorted());
});

test.each([
  { source: { path: '/etc/passwd' } },
  { source: { bytes: new Uint8Array(1), name: 'a.png', path: '/etc/passwd' } },
  { source: { path: undefined, bytes: new Uint8Array(1), name: 'a.png' } },
])('a page that opens a file of the machine by its path is refused', (params) => {
  expect(() => admitPage('image.open', params)).toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }));
});

test.each(['constructor', '__proto__', '', 'image.open ', 'x'.repeat(1e6)])('no page may call %.20s', (name) => {
  expect(() => admitPage(name, {})).toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }));
});
