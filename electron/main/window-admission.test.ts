import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filesNamedBy } from '../../src/engine-client/named-files.ts';
import { paramSchemas } from '../../src/shared/params.ts';
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
  ['models.import', { source: { bytes: new Uint8Array(1), name: 'a.zip' } }],
  ['data.inspect', { data: ['/photos/a.jpg'], seed: 0, patch: 64 }],
  ['runs.resume', { runId: 'run-1' }],
  ['sweep.start', { base: { ...run, data: ['/photos'] }, option: 'bottleneck', values: [1, 2] }],
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
  ['models.import', { source: { path: '/etc/model.zip' } }],
  ['models.exportTo', { id: 'a', path: '/photos/a.zip', overwrite: true }],
  ['models.compare', { id: 'a', data: ['/etc'] }],
  ['data.inspect', { data: ['/etc'], seed: 0, patch: 64 }],
  ['runs.remove', { runId: '..' }],
  ['runs.show', { runId: '/photos/run' }],
  ['sweep.start', { base: { ...run, data: ['/etc'] } }],
  ['constructor', {}],
  ['__proto__', {}],
])('the window may not call %s with %o', (name, params) => {
  expect(() => admit(name, params)).toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }));
});

test('every call that the page makes is one that the window may make', () => {
  const pages = new URL('../../renderer/src/', import.meta.url);
  const files = readdirSync(pages, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|svelte)$/.test(name));
  const text = files.map((name) => readFileSync(new URL(name, pages), 'utf8')).join('');
  const made = Object.keys(paramSchemas).filter((name) => text.includes(`'${name}'`));
  expect(made.length).toBeGreaterThan(30);
  expect(made.filter((name) => filesNamedBy(name, {}) === undefined)).toEqual([]);
});
