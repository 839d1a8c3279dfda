import { duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { createStreamChannel } from './child-process-transport.ts';
import type { Message } from './messages.ts';

const event = (bytes: number): Message => ({ kind: 'event', id: 1, event: new Uint8Array(bytes) });
const later = () => new Promise((resolve) => setTimeout(resolve, 20));

function createPair() {
  const [near, far] = duplexPair();
  return { channel: createStreamChannel(near), far };
}

test('a large frame is sent only as fast as the other side reads', async () => {
  const { channel, far } = createPair();
  let isSent = false;
  const sending = channel.send(event(5_000_000)).then(() => (isSent = true));
  await later();
  expect(isSent).toBe(false);
  far.resume();
  await sending;
});

test('a message to a peer that has gone is not an error', async () => {
  const { channel, far } = createPair();
  const stuck = channel.send(event(5_000_000));
  far.destroy();
  await later();
  channel.close();
  await stuck;
  await channel.send(event(1));
});

test('a peer that breaks off in the middle of a frame closes the channel', async () => {
  const { channel, far } = createPair();
  channel.onMessage(() => expect.unreachable());
  const closed = new Promise<void>((resolve) => channel.onClose(resolve));
  far.write(Buffer.from([0, 0, 1, 0, 1, 2, 3]));
  far.end();
  await closed;
});

test('while a listener is busy nothing more is delivered, and then everything in order', async () => {
  const { channel, far } = createPair();
  const peer = createStreamChannel(far);
  const seen: number[] = [];
  let release = (): void => undefined;
  channel.onMessage((message) => {
    seen.push(message.id);
    if (message.id === 1) return new Promise<void>((resolve) => (release = resolve));
  });
  for (const id of [1, 2, 3]) void peer.send({ kind: 'cancel', id });
  await later();
  expect(seen).toEqual([1]);
  release();
  await later();
  expect(seen).toEqual([1, 2, 3]);
});

test('a frame with an oversized length, wrong MessagePack and an unknown kind are dropped, and the next one is read', async () => {
  const { channel, far } = createPair();
  const seen: Message[] = [];
  channel.onMessage((message) => void seen.push(message));
  // A map without its pairs; 0xc1, which no encoder makes; {kind: 'x', id: 1}.
  for (const frame of [[0x85], [0xc1], [0x82, 0xa4, 0x6b, 0x69, 0x6e, 0x64, 0xa1, 0x78, 0xa2, 0x69, 0x64, 0x01]]) {
    far.write(Buffer.from([0, 0, 0, frame.length, ...frame]));
  }
  await createStreamChannel(far).send({ kind: 'cancel', id: 9 });
  await later();
  expect(seen).toEqual([{ kind: 'cancel', id: 9 }]);
});
