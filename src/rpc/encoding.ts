import { decode, encode } from '@msgpack/msgpack';
import { PellucidError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { isSoundFrame } from './frame-check.ts';
import { parseMessage, type Message } from './messages.ts';

/**
 * Messages as bytes: MessagePack, the same on every channel. Binary data stays binary; properties that are undefined
 * are left out.
 */

/**
 * A message as one frame.
 * Throws INTERNAL when it holds something that cannot be sent (a function, a cycle) or is above `maxMessageBytes`.
 */
export function encodeMessage(message: Message): Uint8Array<ArrayBuffer> {
  const frame = encodeOrExplain(message);
  if (frame.byteLength <= limits.maxMessageBytes) return frame;
  throw new PellucidError(
    'INTERNAL',
    `A message of ${frame.byteLength} bytes is too large to send: the limit is ${limits.maxMessageBytes} bytes.`,
  );
}

function encodeOrExplain(message: Message): Uint8Array<ArrayBuffer> {
  try {
    return encode(message, { ignoreUndefined: true });
  } catch (error) {
    throw new PellucidError('INTERNAL', `A ${message.kind} message cannot be sent: ${String(error)}.`, {
      cause: error,
    });
  }
}

/** The message in a frame, or undefined when the frame is not exactly one well-formed message. */
export function decodeMessage(frame: Uint8Array): Message | undefined {
  if (frame.byteLength > limits.maxMessageBytes || !isSoundFrame(frame)) return undefined;
  try {
    return parseMessage(decode(frame));
  } catch {
    return undefined;
  }
}
