import { encode } from '@msgpack/msgpack';
import { paramSchemas } from '../../src/shared/params.ts';

/** Numbers 0..1 from a seed (mulberry32), so that a frame that does harm can be made again. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const names = [...Object.keys(paramSchemas), 'constructor', '__proto__', 'toString', '', 'image.open\u0000', '../etc'];
const fields = ['imageId', 'settings', 'region', 'source', 'paths', 'path', 'bytes', 'name', 'input', 'data', 'layer'];
const kinds = ['request', 'response', 'event', 'cancel', 'shutdown', '', null, 7];

/** Frames that an attacker or a broken peer could send: noise, broken encoding, false claims, wrong types. */
export function* hostileFrames(count: number, seed: number): Generator<Uint8Array> {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => below(256));

  const value = (depth: number): unknown => {
    const plain = [null, true, Number.NaN, Infinity, -1, 2 ** 53, 1.5, '', '/etc/passwd', 'auto', noise(below(40))];
    if (depth === 0 || random() < 0.5) return pick(plain);
    if (random() < 0.3) return Array.from({ length: below(6) }, () => value(depth - 1));
    return Object.fromEntries(Array.from({ length: below(5) }, () => [pick(fields), value(depth - 1)]));
  };
  const id = (): unknown => pick([0, 1, 1, 2, -1, 1.5, 'one', null, Number.MAX_SAFE_INTEGER, below(1e6)]);
  const message = (): unknown => ({
    kind: pick(kinds),
    id: id(),
    name: random() < 0.9 ? pick(names) : value(1),
    params: value(4),
    ok: pick([true, false, 'yes']),
    error: value(2),
  });
  const makers: (() => Uint8Array)[] = [
    () => noise(below(64)),
    () => encode(value(5)),
    () => encode(message()),
    () => encode({ kind: 'request', id: below(1e9) + 1, name: pick(names), params: value(4) }),
    // Cut off in the middle, or followed by something.
    () => encode(message()).slice(0, below(30)),
    () => Uint8Array.from([...encode(message()), ...noise(3)]),
    // Arrays and maps of 4 billion elements, strings and binaries of as many bytes, nested a hundredfold.
    () => Uint8Array.from(Array.from({ length: 1 + below(100) }, () => [0xdd, 0xff, 0xff, 0xff, 0xff]).flat()),
    () => Uint8Array.from([pick([0xc6, 0xc9, 0xdb, 0xdf]), 0xff, 0xff, 0xff, below(256), ...noise(8)]),
    // As deep as it can be.
    () => new Uint8Array(4000).fill(0x91),
  ];
  for (let at = 0; at < count; at++) yield pick(makers)();
}
