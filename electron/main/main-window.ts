import { BrowserWindow } from 'electron';
import { desktopOrigin } from '../../src/shared/desktop-bridge.ts';
import type { WindowState } from './window-state.ts';

/**
 * Creates the window and loads the page into it. The page is sandboxed, without Node, and apart from the preload
 * script's own world; the window shows once there is something to see.
 * @param preloadPath absolute path of the bundled preload script
 * @param before where the window was when it was last closed
 */
export function createMainWindow(preloadPath: string, before?: WindowState): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    ...before?.bounds,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Pellucid',
    // Neutral, as the stage of the page: no flash of another colour before it is drawn.
    backgroundColor: '#1c1c1c',
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (before?.isMaximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${desktopOrigin}/`);
  return window;
}
