import { app, session, type BrowserWindow } from 'electron';
import { createBridge, type Admit } from '../../src/engine-client/bridge.ts';
import type { EngineClient } from '../../src/engine-client/engine-client.ts';
import { createAllowedPaths, type AllowedPaths } from './allowed-paths.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { setApplicationMenu } from './application-menu.ts';
import { chooseOutputFolder, choosePhotos, saveWithDialog, toChosenFile } from './file-dialogs.ts';
import { filesFromArguments } from './files-from-arguments.ts';
import { createPageIpc, sendOpenFiles, type PageIpc } from './ipc.ts';
import { createMainWindow } from './main-window.ts';
import { refuseNavigation, refuseRequests } from './refusals.ts';
import { createWindowAdmission } from './window-admission.ts';

export interface DesktopOptions {
  engine: EngineClient;
  /** Folder of the built page. */
  rendererFolder: string;
  /** The bundled preload script. */
  preloadPath: string;
}

/**
 * The life of the desktop app: one instance, one window, one engine. Files reach the window from a drop, a dialog, the
 * command line or `open with`, and in no other way. Resolves when the window is there.
 */
export async function startDesktopApp({ engine, rendererFolder, preloadPath }: DesktopOptions): Promise<void> {
  if (!app.requestSingleInstanceLock()) return app.quit();
  app.enableSandbox();
  registerAppScheme();
  refuseNavigation(app);
  const main = new MainWindow(engine, preloadPath);
  const argumentsToFiles = (argv: readonly string[], folder: string): string[] =>
    filesFromArguments(argv, app.isPackaged, folder);

  main.openFiles(argumentsToFiles(process.argv, process.cwd()));
  app.on('second-instance', (_event, argv, folder) => main.openFiles(argumentsToFiles(argv, folder)));
  app.on('open-file', (event, file) => {
    event.preventDefault();
    main.openFiles([file]);
  });
  app.on('activate', () => main.openFiles([]));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  endWithEngine(engine);

  await app.whenReady();
  serveApp(rendererFolder);
  refuseRequests(session.defaultSession);
  setApplicationMenu(process.platform, app.isPackaged, { openPhotos: () => void main.openPhotos() });
  engine.start();
  main.openFiles([]);
}

/** The one window, which is made when it is needed, and the files that wait for its page. */
class MainWindow {
  readonly #engine: EngineClient;
  readonly #preloadPath: string;
  readonly #allowed: AllowedPaths = createAllowedPaths();
  readonly #admit: Admit = createWindowAdmission(this.#allowed);
  readonly #ipc: PageIpc;
  #window: BrowserWindow | undefined;
  #hasPage = false;
  #waiting: string[] = [];

  constructor(engine: EngineClient, preloadPath: string) {
    this.#engine = engine;
    this.#preloadPath = preloadPath;
    this.#ipc = createPageIpc({
      connect: (channel) => {
        createBridge(channel, this.#engine, this.#admit);
        this.#hasPage = true;
        this.#deliver();
      },
      allowPath: (file) => this.#allowed.add(file),
      chooseFiles: async (window) => {
        const files = await choosePhotos(window);
        for (const file of files) this.#allowed.add(file.path);
        return files;
      },
      chooseFolder: async (window) => {
        const folder = await chooseOutputFolder(window);
        if (folder !== null) this.#allowed.add(folder.path);
        return folder;
      },
      saveFile: saveWithDialog,
    });
  }

  /** Shows the window and hands files to its page, now or when there is one. Before the app is ready they wait. */
  openFiles(files: readonly string[]): void {
    this.#waiting.push(...files);
    if (!app.isReady()) return;
    if (this.#window === undefined) {
      this.#create();
    } else {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.focus();
    }
    this.#deliver();
  }

  /** Asks for photos and hands them to the page. */
  async openPhotos(): Promise<void> {
    if (this.#window === undefined) this.openFiles([]);
    else this.openFiles((await choosePhotos(this.#window)).map(({ path }) => path));
  }

  #create(): void {
    const window = createMainWindow(this.#preloadPath);
    this.#ipc.register(window);
    window.once('closed', () => {
      this.#window = undefined;
      this.#hasPage = false;
    });
    this.#window = window;
  }

  #deliver(): void {
    if (this.#window === undefined || !this.#hasPage) return;
    const files = this.#waiting.splice(0);
    for (const file of files) this.#allowed.add(file);
    sendOpenFiles(this.#window, files.map(toChosenFile));
  }
}

/** Holds quitting back until the engine has ended, so that nothing of the app is left running. */
function endWithEngine(engine: EngineClient): void {
  let hasEnded = false;
  app.on('will-quit', (event) => {
    if (hasEnded) return;
    event.preventDefault();
    void engine.stop().finally(() => {
      hasEnded = true;
      app.quit();
    });
  });
}
