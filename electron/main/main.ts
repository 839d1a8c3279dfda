import { app, dialog } from 'electron';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngineClient } from '../../src/engine-client/engine-client.ts';
import { RotatingLog } from '../../src/engine-client/rotating-log.ts';
import { checkPackagedEngine } from './check-packaged-engine.ts';
import { startDesktopApp } from './desktop-app.ts';

/**
 * The entry of the desktop app. Paths are those of the build: `dist/electron/main/main.js`. Nothing is awaited here:
 * Electron becomes ready only when this module has been loaded.
 */

// Who moves the folder of the app's data moves what the window keeps with it.
const dataFolder = process.env['PELLUCID_DATA'];
if (dataFolder) app.setPath('userData', path.resolve(dataFolder, 'window'));

const log = new RotatingLog(path.join(app.getPath('userData'), 'logs'));

startDesktopApp({
  engine: createEngineClient({ beforeStart: checkPackagedEngine, onLog: (text) => log.write(text) }),
  rendererFolder: fileURLToPath(new URL('../../renderer', import.meta.url)),
  preloadPath: fileURLToPath(new URL('../preload/preload.cjs', import.meta.url)),
}).catch((error: unknown) => {
  dialog.showErrorBox('Pellucid could not start', error instanceof Error ? error.message : String(error));
  app.exit(1);
});
