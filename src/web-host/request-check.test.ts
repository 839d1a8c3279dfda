import { describe, expect, test } from 'vitest';
import { refuseRequest, refuseUpgrade } from './request-check.ts';

const port = 4321;
const token = 'Q0mVX1gqkqkq8R3Kf0c3rj7p8Qk4y2m5x9w1z6t7u8A';
const navigation = { method: 'GET', host: '127.0.0.1:4321', origin: undefined, hasBody: false };
const upgrade = {
  method: 'GET',
  host: '127.0.0.1:4321',
  origin: 'http://127.0.0.1:4321',
  hasBody: false,
  path: '/rpc',
  protocols: `pellucid, pellucid.token.${token}`,
};

describe('requests', () => {
  test('the address bar and the own page get through', () => {
    expect(refuseRequest(navigation, port)).toBeUndefined();
    expect(refuseRequest({ ...navigation, method: 'HEAD' }, port)).toBeUndefined();
    expect(refuseRequest({ ...navigation, origin: 'http://127.0.0.1:4321' }, port)).toBeUndefined();
  });

  test.each([
    'evil.example',
    'evil.example:4321',
    '127.0.0.1.evil.example:4321',
    '127.0.0.1:4322',
    '127.0.0.1',
    'localhost:4321',
    '127.0.0.1:4321@evil.example',
    '',
    undefined,
  ])('DNS rebinding: Host %s is refused', (host) => {
    expect(refuseRequest({ ...navigation, host }, port)?.status).toBe(403);
  });

  test.each([
    'https://evil.example',
    'http://127.0.0.1:4322',
    'https://127.0.0.1:4321',
    'http://127.0.0.1:4321.evil.example',
    'null',
    '',
    'file://',
  ])('foreign origin: %s is refused', (origin) => {
    expect(refuseRequest({ ...navigation, origin }, port)?.status).toBe(403);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', undefined])('method %s is refused', (method) => {
    expect(refuseRequest({ ...navigation, method }, port)?.status).toBe(405);
  });

  test('upload over HTTP: a request with a body is refused', () => {
    expect(refuseRequest({ ...navigation, hasBody: true }, port)?.status).toBe(400);
  });
});

describe('upgrades', () => {
  test('the own page with the token gets through', () => {
    expect(refuseUpgrade(upgrade, port, token)).toBeUndefined();
  });

  test('DNS rebinding: a foreign Host is refused even with the token', () => {
    expect(refuseUpgrade({ ...upgrade, host: 'evil.example:4321' }, port, token)?.status).toBe(403);
  });

  test.each(['https://evil.example', 'null', undefined])(
    'WebSocket from another page: Origin %s is refused',
    (origin) => {
      expect(refuseUpgrade({ ...upgrade, origin }, port, token)?.status).toBe(403);
    },
  );

  test.each([undefined, '', 'pellucid', 'pellucid.token.', 'pellucid, pellucid.token.', `pellucid.token.${token}`])(
    'missing token: %s is refused',
    (protocols) => {
      expect(refuseUpgrade({ ...upgrade, protocols }, port, token)?.status).toBe(401);
    },
  );

  test.each([token.slice(0, -1), `${token}A`, token.toLowerCase(), 'a'.repeat(43), `${token}\u0000`])(
    'guessed token: %s is refused',
    (guess) => {
      const protocols = `pellucid, pellucid.token.${guess}`;
      expect(refuseUpgrade({ ...upgrade, protocols }, port, token)?.status).toBe(401);
    },
  );

  test('many guesses in one handshake: only the first counts', () => {
    const protocols = `pellucid, pellucid.token.guess, pellucid.token.${token}`;
    expect(refuseUpgrade({ ...upgrade, protocols }, port, token)?.status).toBe(401);
  });

  test('token in the address: is refused, so that it does not get into logs', () => {
    const path = `/rpc?token=${token}`;
    expect(refuseUpgrade({ ...upgrade, path, protocols: 'pellucid' }, port, token)?.status).toBe(404);
  });
});
