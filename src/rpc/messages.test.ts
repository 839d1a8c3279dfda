import { expect, test } from 'vitest';
import { parseMessage } from './messages.ts';

test.each([
  { kind: 'request', id: 1, name: 'engine.info', params: {} },
  { kind: 'response', id: 2, ok: true, result: null },
  { kind: 'response', id: 2, ok: false, error: { code: 'ABORTED', message: 'Cancelled.' } },
  { kind: 'event', id: 0, event: { state: 'ready', message: '' } },
  { kind: 'cancel', id: 3 },
])('takes $kind', (message) => {
  expect(parseMessage(message)).toEqual(message);
});

test.each([
  null,
  'request',
  7,
  [],
  new Uint8Array(4),
  {},
  { kind: 'request', id: 1 },
  { kind: 'request', id: 1, name: 5 },
  { kind: 'request', id: 0, name: 'engine.info' },
  { kind: 'request', id: 1.5, name: 'engine.info' },
  { kind: 'request', id: -1, name: 'engine.info' },
  { kind: 'request', id: Number.NaN, name: 'engine.info' },
  { kind: 'request', id: 2 ** 53, name: 'engine.info' },
  { kind: 'response', id: 1, ok: 'yes' },
  { kind: 'cancel', id: '1' },
  { kind: 'quit', id: 1 },
])('refuses %o', (value) => {
  expect(parseMessage(value)).toBeUndefined();
});

test('an error that makes no sense is still an error', () => {
  const parsed = parseMessage({ kind: 'response', id: 1, ok: false, error: { code: 'OWNED', message: 5, stack: 'x' } });
  expect(parsed).toMatchObject({ ok: false, error: { code: 'INTERNAL', message: expect.stringContaining('error') } });
});

test('fields that do not belong to a message are left out', () => {
  expect(parseMessage({ kind: 'cancel', id: 1, extra: true })).toEqual({ kind: 'cancel', id: 1 });
});
