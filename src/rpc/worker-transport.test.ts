import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryPair } from './memory-transport.ts';
import type { Channel } from './channel.ts';
import type { Message } from './messages.ts';
import { createWorkerChannel, serveChannel, type WorkerPort } from './worker-transport.ts';

let page: Channel;
let far: Channel;
let ends: MessageChannel;

beforeEach(() => {
  const [near, other] = createMemoryPair();
  far = other;
  ends = new MessageChannel();
  serveChannel(near, ends.port2);
  page = createWorkerChannel(ends.port1);
  ends.port1.start();
  ends.port2.start();
});
afterEach(() => {
  ends.port1.close();
  ends.port2.close();
});

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
const request = (id: number, params: unknown): Message => ({ kind: 'request', id, name: 'any', params });

/** Resolves with the next so many messages of a channel. */
function received(channel: Channel, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  return new Promise((resolve) =>
    channel.onMessage((message) => {
      if (messages.push(message) === count) resolve(messages);
    }),
  );
}

test('messages come through in order and as they were, in both directions', async () => {
  const sent = [request(1, { bytes, list: [1, 'two', null] }), request(2, {}), { kind: 'cancel', id: 1 } as const];
  const there = received(far, 3);
  for (const message of sent) await page.send(message);
  expect(await there).toEqual(sent);
  const answers: Message[] = [
    { kind: 'response', id: 1, ok: true, result: { first: bytes, second: bytes.subarray(3, 9) } },
    { kind: 'event', id: 2, event: { completed: 1 } },
  ];
  const back = received(page, 2);
  for (const message of answers) await far.send(message);
  expect(await back).toEqual(answers);
});

test('bytes that were sent are still those of the sender', async () => {
  const there = received(far, 1);
  await page.send(request(1, { bytes }));
  await there;
  expect(bytes[999]).toBe(999 % 251);
});

test('what is wrapped to be watched can be sent', async () => {
  const watched = (value: object): object => new Proxy(value, {});
  const there = received(far, 1);
  await page.send(request(1, watched({ names: watched(['a', 'b']), deep: watched({ on: true }) })));
  expect(await there).toEqual([request(1, { names: ['a', 'b'], deep: { on: true } })]);
});

test('a file is read on its way, and what was said after it comes after it', async () => {
  const there = received(far, 2);
  const file = new File([bytes], 'photo.jpg');
  await Promise.all([page.send(request(1, { source: { bytes: file, name: file.name } })), page.send(request(2, {}))]);
  expect(await there).toEqual([request(1, { source: { bytes, name: 'photo.jpg' } }), request(2, {})]);
});

test('a file that has gone is named, and the next message goes through', async () => {
  const [near, other] = createMemoryPair();
  const there = received(other, 1);
  const told: unknown[] = [];
  let tell = (_event: { data: unknown }): void => undefined;
  const port: WorkerPort = {
    postMessage: (message) => void told.push(message),
    addEventListener: (_type: string, listener: (event: { data: unknown }) => void) => (tell = listener),
  };
  serveChannel(near, port);
  const gone = new File([bytes], 'photo.jpg');
  gone.arrayBuffer = () => Promise.reject(new DOMException('The file has gone.', 'NotReadableError'));
  tell({ data: { type: 'send', sequence: 1, message: request(1, { bytes: gone }) } });
  tell({ data: { type: 'send', sequence: 2, message: request(2, {}) } });
  expect(await there).toEqual([request(2, {})]);
  expect(told[0]).toMatchObject({
    type: 'unsent',
    sequence: 1,
    error: { code: 'FILE_NOT_FOUND', subject: 'photo.jpg', message: expect.stringContaining('photo.jpg') },
  });
});

test('what came before anyone listened is kept', async () => {
  await far.send({ kind: 'event', id: 0, event: 'ready' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await received(page, 1)).toEqual([{ kind: 'event', id: 0, event: 'ready' }]);
});

test('a message that cannot be packed is refused, and the next one goes through', async () => {
  const there = received(far, 1);
  await expect(page.send(request(1, { number: 10n ** 30n }))).rejects.toMatchObject({ code: 'INTERNAL' });
  await page.send(request(2, {}));
  expect(await there).toEqual([request(2, {})]);
});

test('the end of the connection is told, and nothing waits for ever', async () => {
  const closed = new Promise<void>((resolve) => page.onClose(resolve));
  far.close();
  await closed;
  await page.send(request(1, {}));
  await new Promise<void>((resolve) => page.onClose(resolve));
});

test('closing at the near end closes the far end', async () => {
  const closed = new Promise<void>((resolve) => far.onClose(resolve));
  page.close();
  await closed;
});
