/** Every error code the app can show. A code says what is wrong; the message says to what, and what to do. */
export const errorCodes = [
  'ABORTED',
  'ALREADY_EXISTS',
  'DISK_FULL',
  'EMPTY_FILE',
  'EMPTY_FOLDER',
  'ENGINE_CRASHED',
  'ENGINE_START_FAILED',
  'FILE_NOT_FOUND',
  'FORMAT_UNSUPPORTED',
  'IMAGE_CORRUPT',
  'IMAGE_DIMENSIONS_INVALID',
  'IMAGE_TOO_LARGE',
  'INTERNAL',
  'INVALID_ARGUMENT',
  'MODEL_CORRUPT',
  'MODEL_HASH_MISMATCH',
  'MODEL_KIND_MISMATCH',
  'MODEL_NOT_FOUND',
  'NOT_AN_IMAGE',
  'OUT_OF_MEMORY',
  'PEL_CORRUPT',
  'PEL_VERSION_UNSUPPORTED',
  'PERMISSION_DENIED',
  'QUEUE_IN_USE',
  'RUN_NOT_FOUND',
  'TARGET_UNREACHABLE',
  'TENSORFLOW_UNAVAILABLE',
  'TRAINING_DIVERGED',
  'TRAINING_UNSUPPORTED',
  'WRITE_FAILED',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What crosses a process boundary in place of an error object. */
export interface ErrorPayload {
  code: ErrorCode;
  message: string;
  /** File, model or parameter that the error is about. */
  subject?: string;
}

/** The one error type of the project. The message is a full sentence that names the thing and the remedy. */
export class PellucidError extends Error {
  readonly code: ErrorCode;
  readonly subject: string | undefined;

  constructor(code: ErrorCode, message: string, options: { subject?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'PellucidError';
    this.code = code;
    this.subject = options.subject;
  }
}

/** True for an abort, whoever raised it: cancellation is not a failure and is never shown as one. */
export function isAborted(error: unknown): boolean {
  if (error instanceof PellucidError) return error.code === 'ABORTED';
  return error instanceof Error && error.name === 'AbortError';
}

const codesOfSystem: Record<string, ErrorCode> = {
  ENOENT: 'FILE_NOT_FOUND',
  ENOTDIR: 'FILE_NOT_FOUND',
  EACCES: 'PERMISSION_DENIED',
  EPERM: 'PERMISSION_DENIED',
  EROFS: 'PERMISSION_DENIED',
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EEXIST: 'ALREADY_EXISTS',
  ENAMETOOLONG: 'INVALID_ARGUMENT',
  // Of Node, for a path with a null byte.
  ERR_INVALID_ARG_VALUE: 'INVALID_ARGUMENT',
};

/** The code for an error of the operating system (`error.code` such as `ENOSPC`), or undefined. */
export function codeOfSystemError(error: unknown): ErrorCode | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return codesOfSystem[error.code];
}

/** Any thrown value as a {@link PellucidError}; one that already is, is returned as it is. */
export function toPellucidError(error: unknown, subject?: string): PellucidError {
  if (error instanceof PellucidError) return error;
  const withSubject = subject === undefined ? {} : { subject };
  if (isAborted(error)) return new PellucidError('ABORTED', 'Cancelled.', { ...withSubject, cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new PellucidError(codeOfSystemError(error) ?? 'INTERNAL', message, { ...withSubject, cause: error });
}

/** The plain form of an error, for a message to another process. */
export function toErrorPayload(error: unknown): ErrorPayload {
  const { code, message, subject } = toPellucidError(error);
  return subject === undefined ? { code, message } : { code, message, subject };
}

/** The error that a payload from another process stands for. */
export function fromErrorPayload(payload: ErrorPayload): PellucidError {
  const { subject } = payload;
  return new PellucidError(payload.code, payload.message, subject === undefined ? {} : { subject });
}

/** The one sentence in which an invalid value is reported: *Expected X for NAME but received VALUE of type T.* */
export function invalidArgument(name: string, expected: string, value: unknown): PellucidError {
  const message = `Expected ${expected} for ${name} but received ${describeValue(value)} of type ${typeName(value)}.`;
  return new PellucidError('INVALID_ARGUMENT', message, { subject: name });
}

function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return value instanceof Uint8Array ? 'Uint8Array' : typeof value;
}
