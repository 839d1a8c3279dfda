import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { desktopOrigin } from '../../src/shared/desktop-bridge.ts';
import { pageHeaders } from '../../src/shared/page-headers.ts';
import { pageMediaType } from '../../src/shared/page-media-type.ts';

/**
 * The `app:` scheme, from which the window loads its page. `file:` would let the page read other files, and has no
 * origin of its own.
 */

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built page under {@link desktopOrigin}. */
export function serveApp(rendererFolder: string): void {
  const headers = pageHeaders([]);
  const root = path.resolve(rendererFolder);
  protocol.handle('app', async ({ url, method }) => {
    const file = method === 'GET' ? fileOf(url, root) : undefined;
    const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    if (file === undefined || bytes === undefined)
      return new Response('There is nothing here.', { status: 404, headers });
    return new Response(bytes, { headers: { ...headers, 'Content-Type': pageMediaType(file) } });
  });
}

/** The file for an address of the page, or undefined when it does not lie inside the root. */
function fileOf(url: string, root: string): string | undefined {
  if (url !== desktopOrigin && !url.startsWith(`${desktopOrigin}/`)) return undefined;
  const [location = ''] = url.slice(desktopOrigin.length).split(/[?#]/, 1);
  // The page's own files have plain names: whatever could be read in two ways is none of them.
  if (!/^(\/[\w-][\w.-]*)*\/?$/.test(location)) return undefined;
  return path.join(root, location === '' || location === '/' ? 'index.html' : location);
}
