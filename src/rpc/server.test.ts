import { expect, test } from 'vitest';
import { createMemoryPair } from './memory-transport.ts';
import type { Channel } from './channel.ts';
import type { Message } from './messages.ts';
import { createRpcServer, type CallHandler, type RpcServerOptions } from './server.ts';

const later = () => new Promise((resolve) => setTimeout(resolve, 5));
const request = (id: number, params: unknown = {}): Message => ({ kind: 'request', id, name: 'any', params });

function serve(handler: CallHandler, options?: RpcServerOptions): { caller: Channel; received: Message[] } {
  const [caller, served] = createMemoryPair();
  const received: Message[] = [];
  caller.onMessage((message) => void received.push(message));
  createRpcServer(served, handler, options);
  return { caller, received };
}

test('a second request with an open id is dropped: its answer would be taken for the first', async () => {
  let release = (_value: string): void => undefined;
  let calls = 0;
  const { caller, received } = serve(() => {
    calls += 1;
    return new Promise((resolve) => (release = resolve));
  });
  await caller.send(request(1));
  await caller.send(request(1));
  release('first');
  await later();
  expect(calls).toBe(1);
  expect(received).toEqual([{ kind: 'response', id: 1, ok: true, result: 'first' }]);
});

test('a result that cannot be encoded becomes an error', async () => {
  const { caller, received } = serve(async () => ({ callback: () => 1, deep: new Map([[1, 10n ** 30n]]) }));
  await caller.send(request(1));
  await later();
  expect(received).toMatchObject([{ kind: 'response', ok: false, error: { code: 'INTERNAL' } }]);
});

test('the stack of an unexpected error stays in the process', async () => {
  const { caller, received } = serve(() => Promise.reject(new TypeError('x is not a function')));
  await caller.send(request(1));
  await later();
  const error = { code: 'INTERNAL', message: 'x is not a function' };
  expect(received).toEqual([{ kind: 'response', id: 1, ok: false, error }]);
});

test('too many open calls are refused and not kept', async () => {
  const { caller, received } = serve(() => new Promise(() => undefined), { maxOpenCalls: 2 });
  for (const id of [1, 2, 3]) await caller.send(request(id));
  await later();
  expect(received).toMatchObject([{ id: 3, ok: false, error: { code: 'INVALID_ARGUMENT' } }]);
});

test('an upload beyond the budget holds the sender back until it is answered', async () => {
  const started: number[] = [];
  const releases: (() => void)[] = [];
  const { caller } = serve(
    (_name, params) => {
      started.push((params as { at: number }).at);
      return new Promise((resolve) => releases.push(() => resolve(null)));
    },
    { maxOpenBytes: 1000 },
  );
  for (const at of [1, 2]) void caller.send(request(at, { at, bytes: new Uint8Array(2000) }));
  await later();
  expect(started).toEqual([1]);
  releases[0]?.();
  await later();
  expect(started).toEqual([1, 2]);
});

test('calls of a page that has gone are aborted', async () => {
  const reasons: unknown[] = [];
  const { caller } = serve((_name, _params, { signal }) => {
    signal.addEventListener('abort', () => reasons.push(signal.reason));
    return new Promise(() => undefined);
  });
  await caller.send(request(1));
  caller.close();
  await later();
  expect(reasons).toMatchObject([{ code: 'ABORTED' }]);
});

test('of events that only tell the newest, those in between are left out while the other side is slow', async () => {
  const { caller, received } = serve(async (_name, _params, call) => {
    for (let at = 0; at < 1000; at++) call.sendLatest(at);
    await later();
    return null;
  });
  await caller.send(request(1));
  await later();
  await later();
  const events = received.flatMap((message) => (message.kind === 'event' ? [message.event] : []));
  expect(events.length).toBeLessThan(10);
  expect(events.at(-1)).toBe(999);
});
