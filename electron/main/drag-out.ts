import { app, type WebContents } from 'electron';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { toFileName } from './file-names.ts';
import { writeFileSafely } from './safe-write.ts';

/** Lets a result be dragged out of the window into another program, as a file in a folder that goes with the app. */
export class DragOut {
  #folder: Promise<string> | undefined;
  #count = 0;

  /** Starts the drag from the page; a file that cannot be written is none to drag. */
  async start(contents: WebContents, bytes: Uint8Array, suggestedName: string): Promise<void> {
    this.#folder ??= mkdtemp(path.join(app.getPath('temp'), 'pellucid-drag-'));
    const folder = await mkdtemp(path.join(await this.#folder, `${this.#count++}-`));
    const file = path.join(folder, toFileName(suggestedName));
    await writeFileSafely(file, bytes);
    const icon = await app.getFileIcon(file);
    if (!contents.isDestroyed()) contents.startDrag({ file, icon });
  }

  /** Deletes the files: who took one has copied it. */
  async clear(): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
