import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRpcClient, type RpcClient } from '../../src/rpc/client.ts';
import type { Message } from '../../src/rpc/messages.ts';
import { decodeMessage } from '../../src/rpc/encoding.ts';
import type { Progress } from '../../src/shared/contract.ts';
import type { Params, RestoreSettings } from '../../src/shared/params.ts';
import { pattern } from '../doubles/stand-in-handlers.ts';
import { connectChild, connectMemory, connectWeb, startingAt, type TestConnection } from './connections.ts';
import { hostileFrames } from './hostile-frames.ts';

const settings: RestoreSettings = { mode: 'codec', sigma: 'auto', quality: 50, strength: 100 };
const transports = [
  ['memory', connectMemory],
  ['child process', () => connectChild()],
  ['WebSocket', connectWeb],
] as const;

describe.each(transports)('the contract over %s', { timeout: 60_000 }, (_name, connect) => {
  let connection: TestConnection;
  let client: RpcClient;

  beforeEach(async () => {
    connection = await connect();
    client = createRpcClient(connection.channel);
  });
  afterEach(() => connection.dispose());

  const openPhoto = (name: string, sizeBytes = 5) =>
    client.call('image.open', { source: { bytes: new Uint8Array(sizeBytes), name } });

  test('gives the result of a call', async () => {
    expect(await openPhoto('a.png')).toMatchObject({ imageId: 'a.png', sizeBytes: 5, notes: [], hasReference: false });
    expect(await client.call('image.close', { imageId: 'a.png' })).toBeNull();
  });

  test('gives every answer to its own call, in whichever order they come', async () => {
    await openPhoto('slow');
    const controller = new AbortController();
    const slow = client.call('restore.run', { imageId: 'slow', settings }, { signal: controller.signal });
    slow.catch(() => undefined);
    const names = Array.from({ length: 50 }, (_, at) => `photo-${at}`);
    const opened = await Promise.all(names.map((name) => openPhoto(name)));
    expect(opened.map(({ name }) => name)).toEqual(names);
    controller.abort();
    await expect(slow).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('carries large binary data both ways without changing a byte', async () => {
    const sizeBytes = 8_000_001;
    await openPhoto('large', sizeBytes);
    const view = { imageId: 'large', layer: 'source', maxWidth: 4, maxHeight: 4 } as const;
    const { png } = await client.call('image.view', view);
    expect(Buffer.from(png).equals(pattern(sizeBytes))).toBe(true);
  });

  test('rejects with the code, message and subject of the error', async () => {
    await expect(client.call('image.close', { imageId: 'none' })).rejects.toMatchObject({
      name: 'PellucidError',
      code: 'FILE_NOT_FOUND',
      message: 'There is no open photo none. Open it again.',
      subject: 'none',
    });
  });

  test('says in one sentence what is wrong with a parameter', async () => {
    const wrong = client.call('image.addNoise', { imageId: 'a', sigma255: 76, seed: 0 });
    await expect(wrong).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'Expected a number of at most 75 for sigma255 but received 76 of type number.',
      subject: 'sigma255',
    });
  });

  test('tells progress in order, and ends a cancelled call with ABORTED', async () => {
    await openPhoto('slow');
    const controller = new AbortController();
    const seen: Progress[] = [];
    const call = client.call(
      'restore.run',
      { imageId: 'slow', settings },
      {
        signal: controller.signal,
        onEvent({ progress }) {
          seen.push(progress);
          if (progress.completed === 3) controller.abort();
        },
      },
    );
    await expect(call).rejects.toMatchObject({ code: 'ABORTED' });
    expect(seen.map(({ completed }) => completed)).toEqual([0, 1, 2, 3]);
  });

  test('lets training that is stopped give its result', async () => {
    const controller = new AbortController();
    const run: Params<'train.start'> = {
      preset: 'codec',
      data: ['/photos'],
      name: 'mine',
      budget: { steps: 9 },
      resume: false,
      seed: 0,
    };
    const result = await client.call('train.start', run, {
      signal: controller.signal,
      onEvent(event) {
        if (event.type === 'event' && event.event.type === 'started') controller.abort();
      },
    });
    expect(result).toMatchObject({ modelId: 'mine', stoppedBy: 'user' });
  });

  test('runs heavy calls one at a time, and light ones in between', async () => {
    await openPhoto('slow');
    const first = new AbortController();
    const second = new AbortController();
    let hasSecondStarted = false;
    const one = client.call('restore.run', { imageId: 'slow', settings }, { signal: first.signal });
    const onEvent = () => (hasSecondStarted = true);
    const two = client.call('restore.run', { imageId: 'slow', settings }, { signal: second.signal, onEvent });
    const both = Promise.allSettled([one, two]);
    await client.call('engine.info', {});
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(hasSecondStarted).toBe(false);
    first.abort();
    await expect.poll(() => hasSecondStarted).toBe(true);
    second.abort();
    await both;
  });

  test('rejects what cannot be sent, and goes on', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    await expect(client.call('engine.info', cyclic as Record<string, never>)).rejects.toMatchObject({
      code: 'INTERNAL',
    });
    expect(await client.call('models.list', {})).toEqual([]);
  });

  test('notices that the page has gone, and drops the answers without an error', async () => {
    await openPhoto('slow');
    const open = client.call('restore.run', { imageId: 'slow', settings });
    connection.channel.close();
    await expect(open).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    await connection.served;
    await expect(client.call('engine.info', {})).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
  });

  test('answers or drops 10,000 random and hostile messages and goes on working', async () => {
    for (const frame of hostileFrames(10_000, 20_240_601)) {
      if (connection.sendFrame !== undefined) connection.sendFrame(frame);
      else void connection.channel.send((decodeMessage(frame) ?? { kind: 'none', id: 'x' }) as Message);
    }
    // Hostile requests may have taken the first ids: their answers settle calls of this client with the same id.
    const fresh = createRpcClient(startingAt(connection, 2 ** 40));
    expect(await fresh.call('engine.info', {})).toMatchObject({ backend: 'tensorflow' });
  });
});
