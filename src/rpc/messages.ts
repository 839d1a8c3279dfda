import { errorCodes, type ErrorPayload } from '../shared/errors.ts';

/**
 * The four messages between the engine and those who use it. Whatever comes from the other side goes through
 * {@link parseMessage} first: nothing is trusted because of the channel that it came through.
 */

export interface RequestMessage {
  kind: 'request';
  id: number;
  name: string;
  params: unknown;
}

type ResponseMessage =
  | { kind: 'response'; id: number; ok: true; result: unknown }
  | { kind: 'response'; id: number; ok: false; error: ErrorPayload };

/** Belongs to the call `id`; with {@link broadcastId} it belongs to no call. */
interface EventMessage {
  kind: 'event';
  id: number;
  event: unknown;
}

interface CancelMessage {
  kind: 'cancel';
  id: number;
}

export type Message = RequestMessage | ResponseMessage | EventMessage | CancelMessage;

/** The id of events that go to everyone: the state of the engine. Calls count from 1. */
export const broadcastId = 0;

const knownCodes: ReadonlySet<unknown> = new Set(errorCodes);

/** A decoded value as a message, or undefined when it is none. Unknown fields are left out. */
export function parseMessage(value: unknown): Message | undefined {
  if (!isRecord(value)) return undefined;
  const id = value['id'];
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < broadcastId) return undefined;
  if (value['kind'] === 'event') return { kind: 'event', id, event: value['event'] };
  if (id === broadcastId) return undefined;
  switch (value['kind']) {
    case 'request':
      return typeof value['name'] === 'string'
        ? { kind: 'request', id, name: value['name'], params: value['params'] }
        : undefined;
    case 'response':
      return parseResponse(id, value);
    case 'cancel':
      return { kind: 'cancel', id };
    default:
      return undefined;
  }
}

function parseResponse(id: number, value: Record<string, unknown>): ResponseMessage | undefined {
  if (value['ok'] === true) return { kind: 'response', id, ok: true, result: value['result'] };
  if (value['ok'] !== false) return undefined;
  return { kind: 'response', id, ok: false, error: parseErrorPayload(value['error']) };
}

function parseErrorPayload(value: unknown): ErrorPayload {
  const fields = isRecord(value) ? value : {};
  const { code, message, subject } = fields;
  return {
    code: isErrorCode(code) ? code : 'INTERNAL',
    message: typeof message === 'string' ? message : 'The other side reported an error without saying which.',
    ...(typeof subject === 'string' ? { subject } : {}),
  };
}

function isErrorCode(value: unknown): value is ErrorPayload['code'] {
  return knownCodes.has(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
