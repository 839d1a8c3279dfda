import { Menu, type MenuItemConstructorOptions } from 'electron';
import path from 'node:path';

export interface MenuActions {
  openPhotos(): void;
  openRecent(file: string): void;
  clearRecent(): void;
}

/**
 * Sets the menu, with each platform's conventions for where things are and what they are called.
 * @param platform as `process.platform`
 * @param recent files that were opened last, the newest first
 * @param isPackaged the tools of developers are there only in a checkout
 */
export function setApplicationMenu(
  platform: string,
  isPackaged: boolean,
  recent: readonly string[],
  { openPhotos, openRecent, clearRecent }: MenuActions,
): void {
  const isMac = platform === 'darwin';
  const file: MenuItemConstructorOptions[] = [
    { label: 'Open Photos…', accelerator: 'CmdOrCtrl+O', click: () => openPhotos() },
    {
      label: 'Open Recent',
      enabled: recent.length > 0,
      submenu: [
        ...recent.map((file) => ({ label: labelOf(file), click: () => openRecent(file) })),
        { type: 'separator' },
        { label: 'Clear Menu', click: () => clearRecent() },
      ],
    },
    { type: 'separator' },
    isMac ? { role: 'close' } : { role: 'quit' },
  ];
  const view: MenuItemConstructorOptions[] = [
    { role: 'togglefullscreen' },
    ...(isPackaged ? [] : [{ role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
  ];
  const menu: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    { label: isMac ? 'File' : '&File', submenu: file },
    { role: 'editMenu' },
    { label: isMac ? 'View' : '&View', submenu: view },
    { role: 'windowMenu' },
    // On a Mac it stands in the menu of the app.
    ...(isMac ? [] : [{ label: '&Help', submenu: [{ role: 'about' } as const] }]),
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
}

/** Name and folder; in a menu a single & would underline what follows. */
function labelOf(file: string): string {
  return `${path.basename(file)} (${path.dirname(file)})`.replaceAll('&', '&&');
}
