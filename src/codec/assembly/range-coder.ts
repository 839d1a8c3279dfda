import { bytesAt, reach } from './memory';

/**
 * A binary range coder with 32-bit state and 16-bit probabilities (Martin 1979; carries are propagated into the bytes
 * already written). It codes in both directions, so that the model above it is written once and cannot disagree with
 * itself.
 */

/** Room is made for this many bytes at a time. */
const roomBytes: usize = 65536;

export let isDecoding: bool = false;
let position: i32 = 0;
let length: i32 = 0;
let room: usize = 0;
let range: u32 = 0;
/** Encoder: the low end of the interval. Decoder: the code value less the low end. */
let low: u32 = 0;

/** Begins to write bytes, or to read the `count` bytes that are there. */
export function begin(decodes: bool, count: i32): void {
  isDecoding = decodes;
  position = 0;
  length = count;
  room = bytesAt;
  range = 0xffffffff;
  low = 0;
  if (decodes) for (let index = 0; index < 4; index++) low = (low << 8) | readByte();
}

/**
 * Codes one binary decision and returns it; when decoding, the `bit` given is ignored.
 * @param probabilityOfOne of 65536, within 1..65535
 */
export function code(bit: i32, probabilityOfOne: u32): i32 {
  const bound: u32 = (range >>> 16) * probabilityOfOne;
  let decided = bit;
  if (isDecoding) {
    decided = i32(low < bound);
    // Without a branch, which could not be foreseen.
    low -= bound & u32(decided - 1);
  } else if (bit === 0) {
    const raised = low + bound;
    if (raised < bound) carry();
    low = raised;
  }
  range = decided ? bound : range - bound;
  if (range >>> 24 === 0) shift();
  return decided;
}

/** Codes `count` (1..16) bits of `value` that no model predicts, most significant first; returns the value. */
export function codeRaw(value: i32, count: i32): i32 {
  let result = 0;
  for (let place = count - 1; place >= 0; place--) result = (result << 1) | code((value >> place) & 1, 32768);
  return result;
}

/** Ends encoding with the shortest bytes that decode to what was coded; returns how many there are. */
export function finishEncoding(): i32 {
  for (let kept = 1; kept <= 4; kept++) {
    const unit = u64(1) << (32 - 8 * kept);
    const end = ((u64(low) + unit - 1) / unit) * unit;
    if (end - u64(low) >= u64(range)) continue;
    if (end >= 0x100000000) carry();
    low = u32(end);
    for (let index = 0; index < kept; index++) writeByte();
    break;
  }
  return position;
}

/** How many bytes were read behind the last one; below 0, how many are left over. */
export function bytesBeyond(): i32 {
  return position - length;
}

function shift(): void {
  do {
    if (isDecoding) low = (low << 8) | readByte();
    else writeByte();
    range = range << 8;
  } while (range >>> 24 === 0);
}

function writeByte(): void {
  const at = bytesAt + position++;
  if (at >= room) {
    room = at + roomBytes;
    reach(room);
  }
  store<u8>(at, low >>> 24);
  low = low << 8;
}

function carry(): void {
  let at = bytesAt + position - 1;
  while (load<u8>(at) === 255) store<u8>(at--, 0);
  store<u8>(at, load<u8>(at) + 1);
}

/** The decoder looks 4 bytes ahead and the encoder leaves out at most 3 of them, which are zeros. */
function readByte(): u32 {
  const at = position++;
  return at < length ? load<u8>(bytesAt + at) : 0;
}
