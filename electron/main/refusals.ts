import type { App, Session } from 'electron';
import { desktopOrigin } from '../../src/shared/desktop-bridge.ts';

/**
 * Everything that a page could ask of Electron beside the app's own functions is refused: to go elsewhere, to open
 * windows, to embed others, to use devices, to download, to connect to anything.
 */

/** Refuses for every page of the app, whatever creates it. */
export function refuseNavigation(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Refuses in a session: permissions and devices, downloads, and every request but those for the page itself. */
export function refuseRequests(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOwn(url) }));
}

/** The page's own files, and what it makes itself and keeps in memory. */
function isOwn(url: string): boolean {
  if (url.startsWith(`blob:${desktopOrigin}/`) || url.startsWith('data:')) return true;
  return url === desktopOrigin || url.startsWith(`${desktopOrigin}/`) || url.startsWith('devtools://');
}
