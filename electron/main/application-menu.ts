import { Menu, type MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  openPhotos(): void;
}

/**
 * Sets the menu, with each platform's conventions for where things are and what they are called.
 * @param platform as `process.platform`
 * @param isPackaged the tools of developers are there only in a checkout
 */
export function setApplicationMenu(platform: string, isPackaged: boolean, { openPhotos }: MenuActions): void {
  const isMac = platform === 'darwin';
  const file: MenuItemConstructorOptions[] = [
    { label: 'Open Photos…', accelerator: 'CmdOrCtrl+O', click: () => openPhotos() },
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
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
}
