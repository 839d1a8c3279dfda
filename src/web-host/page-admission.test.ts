import { expect, test } from 'vitest';
import { paramSchemas } from '../shared/params.ts';
import { createPageAdmission } from './page-admission.ts';

const photo = { source: { bytes: new Uint8Array(1), name: 'a.png' } };
const needFiles = [
  'files.list',
  'file.process',
  'models.exportTo',
  'montage.write',
  'evaluate.run',
  'evaluate.plot',
  'explore.sortInto',
  'batch.run',
  'batch.follow',
];
const batch = { sources: [photo.source], job: { output: { folder: null } } };
const received = '/data/received';
const admitPage = createPageAdmission(received);
const harmless = {
  ...photo,
  data: [`${received}/a`],
  runId: 'run-1',
  sweepId: 'sweep-1',
  base: { data: [`${received}/a`] },
  paths: [`${received}/a`],
  ...batch,
};

test('every call of the contract is decided upon: those that name files are refused', () => {
  const refused = Object.keys(paramSchemas).filter((name) => {
    try {
      return admitPage(name, harmless) !== name;
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

test.each([
  ['data.inspect', { data: ['/home/someone/Pictures'] }],
  ['data.inspect', { data: [`${received}/../models`] }],
  ['data.inspect', { data: [received] }],
  ['train.start', { data: [`${received}/a`], runDir: '/tmp/run' }],
  ['train.start', {}],
  ['sweep.start', { base: { data: ['/etc'] } }],
  ['models.compare', { id: 'a', data: ['/etc'] }],
  ['models.import', { source: { path: '/etc/model.zip' } }],
  ['runs.show', { runId: '/home/someone/run' }],
  ['runs.remove', { runId: '..' }],
  ['sweep.resume', { sweepId: '/home/someone/sweep' }],
  ['sweep.remove', { sweepId: '..' }],
  ['batch.add', { ...batch, sources: [{ path: '/etc/passwd' }] }],
  ['batch.add', { ...batch, job: { output: { folder: '/home/someone' } } }],
  ['batch.add', { sources: [], job: { output: {} } }],
])('a page that names other files in %s is refused', (name, params) => {
  expect(() => admitPage(name, params)).toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }));
});
