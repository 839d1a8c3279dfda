import type { DesktopBridge } from '../../../src/shared/desktop-bridge.ts';
import { createElectronHost } from './electron-host.ts';
import type { Host } from './host.ts';
import { createWebHost } from './web-host.ts';

declare global {
  interface Window {
    /** Only in the desktop app. */
    readonly pellucid?: DesktopBridge;
  }
}

/** The host that this page runs on. */
export function createHost(): Host {
  return window.pellucid === undefined ? createWebHost() : createElectronHost(window.pellucid);
}
