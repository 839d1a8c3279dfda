import { readPel } from '../../codec/container.ts';
import { smoothPicture } from '../synthetic-pictures.test-support.ts';
import { stored, tinyCodec } from '../tiny-models.test-support.ts';
import { createPhotoCodec } from './photo-codec.ts';

/**
 * A process that compresses and decompresses a picture of so many rows of 2048 pixels and prints its peak memory in
 * MiB: `node peak-memory-child.test-support.ts ROWS`.
 */
const rows = Number(process.argv[2]);
const codec = await createPhotoCodec(await stored(tinyCodec()));
// One strip many times over: what the picture shows does not matter here.
const strip = smoothPicture({ width: 2048, height: 64 }, 10);
const data = new Uint8Array(2048 * rows * 3);
for (let at = 0; at < data.length; at += strip.data.length) data.set(strip.data.subarray(0, data.length - at), at);
const pixels = { width: 2048, height: rows, channels: 3 as const, data };
const bytes = await codec.compress(pixels, { quality: 60, sigma255: 10, blocks: [] });
await codec.decompress(readPel(bytes), {});
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
