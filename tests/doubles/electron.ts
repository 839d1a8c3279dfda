import { EventEmitter } from 'node:events';

/**
 * A stand-in for the module `electron` that records what is asked of it. What it does not know fails: code under test
 * that uses something new has to be looked at here first.
 */

/** An object of Electron: what is not among its members throws when it is touched. */
function strict<T extends object>(name: string, members: T): T {
  return new Proxy(members, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key);
      // What the language itself looks for when it handles any object.
      if (typeof key === 'symbol' || key === 'then' || key === 'toJSON') return undefined;
      throw new Error(`The stand-in for Electron has no ${name}.${key}.`);
    },
  });
}

export interface Recorded {
  call: string;
  args: readonly unknown[];
}

/** What was asked, in order. */
export const recorded: Recorded[] = [];

export function callsOf(call: string): readonly (readonly unknown[])[] {
  return recorded.filter((entry) => entry.call === call).map(({ args }) => args);
}

/** What the person and the system answer; a test sets it. */
export const answers = {
  hasLock: true,
  isPackaged: true,
  isReady: false,
  openDialog: { canceled: true, filePaths: [] as string[] },
  saveDialog: { canceled: true, filePath: '' },
  paths: {} as Record<string, string>,
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
  messageBox: 0,
  hasNotifications: true,
};

const recorder =
  (call: string) =>
  (...args: unknown[]): void =>
    void recorded.push({ call, args });

class StrictEmitter extends EventEmitter {}

const appEvents = new StrictEmitter();
let becomeReady = (): void => undefined;
let ready: Promise<void>;

export const app = strict('app', {
  on: (event: string, listener: (...args: unknown[]) => void) => appEvents.on(event, listener),
  emit: (event: string, ...args: unknown[]) => appEvents.emit(event, ...args),
  requestSingleInstanceLock: () => answers.hasLock,
  enableSandbox: recorder('app.enableSandbox'),
  quit: recorder('app.quit'),
  exit: recorder('app.exit'),
  whenReady: () => ready,
  isReady: () => answers.isReady,
  getPath(name: string) {
    const place = answers.paths[name];
    if (place === undefined) throw new Error(`No test has said where the folder ${name} is.`);
    return place;
  },
  setPath: recorder('app.setPath'),
  addRecentDocument: recorder('app.addRecentDocument'),
  clearRecentDocuments: recorder('app.clearRecentDocuments'),
  getFileIcon: async (file: string) => `icon of ${file}`,
  get isPackaged() {
    return answers.isPackaged;
  },
});

export class FakeWebContents {
  static lastId = 0;
  readonly id = ++FakeWebContents.lastId;
  readonly events = new StrictEmitter();
  readonly sent: { channel: string; value: unknown }[] = [];
  windowOpenHandler: ((details: { url: string }) => { action: string }) | undefined;
  isGone = false;

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.events.on(event, listener);
  }
  once(event: string, listener: (...args: unknown[]) => void): void {
    this.events.once(event, listener);
  }
  reload(): void {
    recorded.push({ call: 'webContents.reload', args: [] });
  }
  startDrag(item: unknown): void {
    recorded.push({ call: 'webContents.startDrag', args: [item] });
  }
  send(channel: string, value: unknown): void {
    if (this.isGone) throw new TypeError('Object has been destroyed');
    this.sent.push({ channel, value });
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
}

export class BrowserWindow {
  static readonly all: BrowserWindow[] = [];
  readonly options: Record<string, unknown>;
  readonly events = new StrictEmitter();
  readonly contents = new FakeWebContents();
  readonly webContents = strict('webContents', this.contents);
  readonly did: string[] = [];
  isSmall = false;
  hasFocus = true;
  isGone = false;
  bounds = { x: 10, y: 20, width: 1000, height: 700 };
  isLarge = false;

  constructor(options: Record<string, unknown>) {
    this.options = options;
    BrowserWindow.all.push(this);
    appEvents.emit('web-contents-created', {}, this.webContents);
    return strict('BrowserWindow', this);
  }
  on(event: string, listener: (...args: unknown[]) => void): void {
    this.events.on(event, listener);
  }
  once(event: string, listener: () => void): void {
    this.events.once(event, listener);
  }
  setProgressBar(progress: number): void {
    this.did.push(`progress ${progress}`);
  }
  isFocused(): boolean {
    return this.hasFocus;
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
  getNormalBounds(): object {
    return this.bounds;
  }
  isMaximized(): boolean {
    return this.isLarge;
  }
  maximize(): void {
    this.did.push('maximize');
  }
  async loadURL(url: string): Promise<void> {
    this.did.push(`load ${url}`);
  }
  show(): void {
    this.did.push('show');
  }
  focus(): void {
    this.did.push('focus');
  }
  restore(): void {
    this.did.push('restore');
  }
  isMinimized(): boolean {
    return this.isSmall;
  }
}

export const ipcListeners = new Map<string, (event: unknown, ...args: unknown[]) => unknown>();
export const ipcMain = strict('ipcMain', {
  on: (channel: string, listener: (event: unknown, ...args: unknown[]) => void) => ipcListeners.set(channel, listener),
  handle: (channel: string, handler: (event: unknown, ...args: unknown[]) => unknown) =>
    ipcListeners.set(channel, handler),
});

type ProtocolHandler = (request: { url: string; method: string }) => Promise<Response>;
export const protocolHandlers = new Map<string, ProtocolHandler>();
export const protocol = strict('protocol', {
  registerSchemesAsPrivileged: recorder('protocol.registerSchemesAsPrivileged'),
  handle: (scheme: string, handler: ProtocolHandler) => protocolHandlers.set(scheme, handler),
});

export const dialog = strict('dialog', {
  async showOpenDialog(...args: unknown[]) {
    recorded.push({ call: 'dialog.showOpenDialog', args });
    return answers.openDialog;
  },
  async showSaveDialog(...args: unknown[]) {
    recorded.push({ call: 'dialog.showSaveDialog', args });
    return answers.saveDialog;
  },
  async showMessageBox(...args: unknown[]) {
    recorded.push({ call: 'dialog.showMessageBox', args });
    return { response: answers.messageBox };
  },
  showErrorBox: recorder('dialog.showErrorBox'),
});

/** The handlers of the session; each is called as Electron does. */
export const sessionHandlers = {
  permissionRequest: undefined as
    ((contents: unknown, permission: string, answer: (isAllowed: boolean) => void) => void) | undefined,
  permissionCheck: undefined as (() => boolean) | undefined,
  devicePermission: undefined as (() => boolean) | undefined,
  beforeRequest: undefined as
    ((details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void) | undefined,
};
export const sessionEvents = new StrictEmitter();
export const session = strict('session', {
  defaultSession: strict('defaultSession', {
    setPermissionRequestHandler: (handler: (typeof sessionHandlers)['permissionRequest']) =>
      (sessionHandlers.permissionRequest = handler),
    setPermissionCheckHandler: (handler: () => boolean) => (sessionHandlers.permissionCheck = handler),
    setDevicePermissionHandler: (handler: () => boolean) => (sessionHandlers.devicePermission = handler),
    on: (event: string, listener: (...args: unknown[]) => void) => sessionEvents.on(event, listener),
    webRequest: strict('webRequest', {
      onBeforeRequest: (handler: (typeof sessionHandlers)['beforeRequest']) =>
        (sessionHandlers.beforeRequest = handler),
    }),
  }),
});

export const Menu = strict('Menu', {
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu: recorder('Menu.setApplicationMenu'),
});

export const powerSaveBlocker = strict('powerSaveBlocker', {
  start(...args: unknown[]) {
    recorded.push({ call: 'powerSaveBlocker.start', args });
    return 7;
  },
  stop: recorder('powerSaveBlocker.stop'),
});

export class Notification {
  static isSupported(): boolean {
    return answers.hasNotifications;
  }
  readonly #events = new StrictEmitter();
  constructor(options: unknown) {
    recorded.push({ call: 'Notification', args: [options, this] });
    return strict('Notification', { on: this.on.bind(this), show: this.show.bind(this) }) as unknown as Notification;
  }
  on(event: string, listener: () => void): void {
    this.#events.on(event, listener);
  }
  show(): void {
    recorded.push({ call: 'Notification.show', args: [] });
  }
  click(): void {
    this.#events.emit('click');
  }
}

export const crashReporter = strict('crashReporter', { start: recorder('crashReporter.start') });
export const screen = strict('screen', { getAllDisplays: () => answers.displays });

/** Makes Electron ready, as it becomes some time after the start. */
export async function makeReady(): Promise<void> {
  answers.isReady = true;
  becomeReady();
  await new Promise((resolve) => setImmediate(resolve));
}

/** Everything as before the app was started. */
export function resetElectron(): void {
  recorded.length = 0;
  BrowserWindow.all.length = 0;
  ipcListeners.clear();
  protocolHandlers.clear();
  appEvents.removeAllListeners();
  sessionEvents.removeAllListeners();
  Object.assign(answers, { hasLock: true, isPackaged: true, isReady: false, messageBox: 0, hasNotifications: true });
  answers.displays = [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }];
  answers.paths = { pictures: '/home/ada/Pictures' };
  answers.openDialog = { canceled: true, filePaths: [] };
  answers.saveDialog = { canceled: true, filePath: '' };
  ready = new Promise((resolve) => (becomeReady = resolve));
}

resetElectron();
