import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new token: 256 random bits as 43 characters that stand in an address and in a header as they are. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** True when both are the same, in a time that does not depend on where they differ or how long they are. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
