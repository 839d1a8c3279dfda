import { app, dialog, type BrowserWindow } from 'electron';

/** A page that crashes this often within a minute is not loaded again by itself. */
const mostCrashes = 3;
const crashWindowMs = 60_000;

/**
 * What is done when the window's page hangs or crashes. The engine and its queue go on meanwhile, so that loading the
 * page again loses no work.
 */
export function watchForTroubles(window: BrowserWindow): void {
  let crashes: number[] = [];
  let isAsking = false;
  const ask = async (message: string, detail: string, buttons: [string, string]): Promise<boolean> => {
    if (isAsking) return false;
    isAsking = true;
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message,
      detail,
      buttons,
      defaultId: 0,
      cancelId: 0,
    });
    isAsking = false;
    return response === 1 && !window.isDestroyed();
  };

  window.on('unresponsive', () => {
    const detail = 'Photos that wait or are worked on are not lost when the window is loaded again.';
    void ask('The window does not answer.', detail, ['Wait', 'Load again']).then((isWanted) => {
      if (isWanted) window.webContents.reload();
    });
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    crashes = [...crashes.filter((time) => time > Date.now() - crashWindowMs), Date.now()];
    if (crashes.length < mostCrashes) return window.webContents.reload();
    const detail = `It has ended ${mostCrashes} times within a minute (${reason}). A report is kept on this computer.`;
    void ask('The window cannot be shown.', detail, ['Load again', 'Quit']).then((isQuitting) => {
      if (isQuitting) app.quit();
      else if (!window.isDestroyed()) window.webContents.reload();
    });
  });
}
