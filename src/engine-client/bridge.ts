import type { Channel } from '../rpc/channel.ts';
import type { CallOptions } from '../rpc/client.ts';
import { createRpcServer, type ServedCall } from '../rpc/server.ts';
import type { CallEvent, ImageInfo } from '../shared/contract.ts';
import type { CallName, Params } from '../shared/params.ts';
import type { EngineClient } from './engine-client.ts';

/**
 * Decides what one page may ask of the engine: gives the call's name, or throws PERMISSION_DENIED. It decides about
 * who may, not about what is well-formed: the engine checks that at its own door.
 */
export type Admit = (name: string, params: unknown) => CallName;

/** A page may have this much in open requests before no more is read from it: photos are sent one by one. */
const maxOpenBytes = 64 * 1024 * 1024;
const maxOpenCalls = 256;

/**
 * Connects one page with the engine: forwards the calls that it may make, their events and cancelling, tells it the
 * engine's state, and closes the photos that it has opened when it goes.
 */
export function createBridge(channel: Channel, engine: EngineClient, admit: Admit): void {
  const openImages = new Set<string>();
  const forward = async (name: string, params: unknown, call: ServedCall): Promise<unknown> => {
    const callName = admit(name, params);
    const options: CallOptions<CallName> = { signal: call.signal, onEvent: (event) => sendEvent(call, event) };
    const result = await engine.call(callName, params as Params<CallName>, options);
    if (callName === 'image.open' || callName === 'image.addNoise') openImages.add((result as ImageInfo).imageId);
    if (callName === 'image.close') openImages.delete((params as Params<'image.close'>).imageId);
    return result;
  };
  const server = createRpcServer(channel, forward, { maxOpenBytes, maxOpenCalls });
  const endStates = engine.onState((state) => {
    // An engine that starts again knows none of the photos, and may give their ids to others.
    if (state.state !== 'ready') openImages.clear();
    server.broadcast(state);
  });
  server.broadcast(engine.state);
  channel.onClose(() => {
    // A photo that is still being opened has to be there before it can be closed.
    void server.settled().then(() => {
      endStates();
      return closeImages(engine, openImages);
    });
  });
}

function sendEvent(call: ServedCall, event: CallEvent<CallName>): void {
  if (event.type === 'progress') call.sendLatest(event);
  else call.send(event);
}

async function closeImages(engine: EngineClient, imageIds: ReadonlySet<string>): Promise<void> {
  for (const imageId of imageIds) {
    // A failure means that the engine has ended or does not know the photo: then it is closed.
    await engine.call('image.close', { imageId }).catch(() => null);
  }
}
