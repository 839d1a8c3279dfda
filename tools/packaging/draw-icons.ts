import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharp } from '../../src/image/sharp-runtime.ts';

/** Draws the app's icon in the sizes that the systems ask for, into the folder named on the command line. */
const folder = process.argv[2] ?? '';
const picture = fileURLToPath(new URL('../../renderer/src/icon.svg', import.meta.url));
const draw = (side: number) =>
  sharp(picture, { density: 72 * 32 })
    .resize(side, side)
    .png();

await mkdir(path.join(folder, 'icons'), { recursive: true });
await draw(1024).toFile(path.join(folder, 'icon.png'));
for (const side of [16, 32, 48, 64, 128, 256, 512]) {
  await draw(side).toFile(path.join(folder, 'icons', `${side}x${side}.png`));
}
