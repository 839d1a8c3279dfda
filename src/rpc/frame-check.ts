/**
 * A look at the structure of a MessagePack frame before it is decoded. The decoder reserves room for as many elements
 * as an array claims to have, and a few nested arrays in a frame of some kilobytes can claim many gigabytes. Here every
 * claim is held against the bytes that are left, so that decoding never takes more room than the frame justifies.
 */

/** Bytes that follow each type byte of fixed size. */
const scalarBytes: Readonly<Record<number, number>> = {
  0xc0: 0,
  0xc2: 0,
  0xc3: 0,
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
  // fixext: one byte for the type of the extension, then 1, 2, 4, 8 or 16.
  0xd4: 2,
  0xd5: 3,
  0xd6: 5,
  0xd7: 9,
  0xd8: 17,
};

/** Width of the length that follows a type byte, what each counted unit is, and bytes beside them. */
const counted: Readonly<Record<number, { width: 1 | 2 | 4; unit: 'byte' | 'item' | 'pair'; extra: number }>> = {
  0xc4: { width: 1, unit: 'byte', extra: 0 },
  0xc5: { width: 2, unit: 'byte', extra: 0 },
  0xc6: { width: 4, unit: 'byte', extra: 0 },
  0xc7: { width: 1, unit: 'byte', extra: 1 },
  0xc8: { width: 2, unit: 'byte', extra: 1 },
  0xc9: { width: 4, unit: 'byte', extra: 1 },
  0xd9: { width: 1, unit: 'byte', extra: 0 },
  0xda: { width: 2, unit: 'byte', extra: 0 },
  0xdb: { width: 4, unit: 'byte', extra: 0 },
  0xdc: { width: 2, unit: 'item', extra: 0 },
  0xdd: { width: 4, unit: 'item', extra: 0 },
  0xde: { width: 2, unit: 'pair', extra: 0 },
  0xdf: { width: 4, unit: 'pair', extra: 0 },
};

/**
 * True when the frame is exactly one MessagePack value whose claimed lengths all fit into it.
 * Linear in the number of values; payloads are skipped. Source: the MessagePack specification, formats overview.
 */
export function isSoundFrame(frame: Uint8Array): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let offset = 0;
  // Values that have been announced and not been read; each takes at least one byte.
  let pending = 1;
  while (pending > 0) {
    if (offset + pending > frame.byteLength) return false;
    const head = readHead(view, offset);
    if (head === undefined) return false;
    offset += head.sizeBytes;
    pending += head.children - 1;
  }
  return offset === frame.byteLength;
}

/** Size of the value at `offset` without its children, and how many of these there are. */
function readHead(view: DataView, offset: number): { sizeBytes: number; children: number } | undefined {
  const type = view.getUint8(offset);
  if (type < 0x80 || type >= 0xe0) return { sizeBytes: 1, children: 0 };
  if (type < 0x90) return { sizeBytes: 1, children: 2 * (type & 0x0f) };
  if (type < 0xa0) return { sizeBytes: 1, children: type & 0x0f };
  if (type < 0xc0) return { sizeBytes: 1 + (type & 0x1f), children: 0 };
  const scalar = scalarBytes[type];
  if (scalar !== undefined) return { sizeBytes: 1 + scalar, children: 0 };
  const rule = counted[type];
  if (rule === undefined || offset + 1 + rule.width > view.byteLength) return undefined;
  const count = readCount(view, offset + 1, rule.width);
  const head = 1 + rule.width + rule.extra;
  if (rule.unit === 'byte') return { sizeBytes: head + count, children: 0 };
  return { sizeBytes: head, children: rule.unit === 'pair' ? 2 * count : count };
}

function readCount(view: DataView, offset: number, width: 1 | 2 | 4): number {
  if (width === 1) return view.getUint8(offset);
  return width === 2 ? view.getUint16(offset) : view.getUint32(offset);
}
