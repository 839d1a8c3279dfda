import { expect, test } from 'vitest';
import { createAllowedPaths } from './allowed-paths.ts';
import { createWindowAdmission } from './window-admission.ts';

const allowed = createAllowedPaths();
allowed.add('/photos');
const admit = createWindowAdmission(allowed);
const run = { preset: 'codec', name: 'a', budget: { steps: 1 }, resume: false, seed: 0 };

test.each([
  ['engine.info', {}],
  ['image.open', { source: { path: '/photos/a.jpg' } }],
  ['image.open', { source: { bytes: new Uint8Array(1), name: '/etc/passwd' } }],
  ['files.list', { paths: ['/photos', '/photos/b'], recursive: true }],
  ['train.start', { ...run, data: ['/photos'] }],
  ['batch.add', { sources: [{ path: '/photos/a.jpg' }], job: { output: { folder: '/photos/clear' } } }],
  ['batch.add', { sources: [{ bytes: new Uint8Array(1), name: 'a' }], job: { output: { folder: null } } }],
  // What is wrong in another way is for the engine to say.
  ['image.close', null],
])('the window may call %s with %o', (name, params) => {
  expect(admit(name, params)).toBe(name);
});

test.each([
  ['image.open', { source: { path: '/etc/passwd' } }],
  ['image.open', { source: { path: '/photos/../etc/passwd' } }],
  ['image.open', { source: { path: ['/photos/a.jpg'] } }],
  ['image.open', { source: { path: undefined } }],
  ['image.open', { source: { path: '/etc/passwd', bytes: new Uint8Array(1), name: 'a' } }],
  ['files.list', { paths: ['/photos', '/etc'], recursive: true }],
  ['files.list', { paths: '/etc', recursive: true }],
  ['files.list', {}],
  ['train.start', { ...run, data: ['/home'] }],
  ['train.start', { ...run, data: ['/photos'], runDir: '/home/ada/.ssh' }],
  ['evaluate.run', { data: ['/etc'] }],
  ['batch.add', { sources: [{ path: '/photos/a.jpg' }], job: { output: { folder: '/home/ada' } } }],
  ['batch.add', { sources: [{ path: '/etc/passwd' }], job: { output: { folder: '/photos' } } }],
  ['batch.add', { sources: [{ path: '/photos/a.jpg' }] }],
  ['file.process', { input: '/photos/a.jpg', outDir: '/photos' }],
  ['montage.write', { rows: [], path: '/photos/a.png', overwrite: true }],
  ['constructor', {}],
  ['__proto__', {}],
])('the window may not call %s with %o', (name, params) => {
  expect(() => admit(name, params)).toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }));
});
