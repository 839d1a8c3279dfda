import { app, session, type BrowserWindow } from 'electron';
import path from 'node:path';
import { createBridge, type Admit } from '../../src/engine-client/bridge.ts';
import type { EngineClient } from '../../src/engine-client/engine-client.ts';
import { createAllowedPaths, type AllowedPaths } from './allowed-paths.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { setApplicationMenu } from './application-menu.ts';
import { keepCrashReports } from './crash-reports.ts';
import { DragOut } from './drag-out.ts';
import { chooseOutputFolder, choosePhotos, saveWithDialog, toChosenFile } from './file-dialogs.ts';
import { filesFromArguments } from './files-from-arguments.ts';
import { createPageIpc, sendOpenFiles, type PageIpc } from './ipc.ts';
import { createMainWindow } from './main-window.ts';
import { RecentFiles } from './recent-files.ts';
import { refuseNavigation, refuseRequests } from './refusals.ts';
import { ResultsFolder } from './results-folder.ts';
import { StoredJson } from './stored-json.ts';
import { createWindowAdmission } from './window-admission.ts';
import { keepWindowState, readWindowState } from './window-state.ts';
import { watchForTroubles } from './window-troubles.ts';
import { WorkSigns } from './work-signs.ts';
import { watchWork } from './work-watch.ts';

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
  keepCrashReports();
  registerAppScheme();
  refuseNavigation(app);
  const stored = (name: string): StoredJson => new StoredJson(path.join(app.getPath('userData'), name));
  const [windowState, recentFiles] = [stored('window.json'), stored('recent-files.json')];
  const resultsFolder = stored('results-folder.json');
  const recent = new RecentFiles(recentFiles, () => setMenu());
  const dragOut = new DragOut();
  const signs = new WorkSigns(() => main.window);
  const watched = watchWork(engine, (work) => signs.show(work));
  const main = new MainWindow({ engine: watched, preloadPath, windowState, resultsFolder, recent, dragOut });
  const setMenu = (): void => {
    if (!app.isReady()) return;
    setApplicationMenu(process.platform, app.isPackaged, recent.files, {
      openPhotos: () => void main.openPhotos(),
      openRecent: (file) => main.openFiles([file]),
      clearRecent: () => recent.clear(),
    });
  };
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
  endWhenSettled(async () => {
    const files = [windowState, recentFiles, resultsFolder].map((file) => file.settled());
    await Promise.all([engine.stop(), ...files, dragOut.clear()]);
  });

  await app.whenReady();
  serveApp(rendererFolder);
  refuseRequests(session.defaultSession);
  setMenu();
  engine.start();
  main.openFiles([]);
}

interface WindowParts {
  engine: EngineClient;
  preloadPath: string;
  windowState: StoredJson;
  resultsFolder: StoredJson;
  recent: RecentFiles;
  dragOut: DragOut;
}

/** The one window, which is made when it is needed, and the files that wait for its page. */
class MainWindow {
  readonly #parts: WindowParts;
  readonly #allowed: AllowedPaths = createAllowedPaths();
  readonly #admit: Admit = createWindowAdmission(this.#allowed);
  readonly #ipc: PageIpc;
  #window: BrowserWindow | undefined;
  #hasPage = false;
  #waiting: string[] = [];

  constructor(parts: WindowParts) {
    this.#parts = parts;
    const results = new ResultsFolder(parts.resultsFolder, (folder) => this.#allowed.add(folder));
    this.#ipc = createPageIpc({
      connect: (channel) => {
        createBridge(channel, parts.engine, this.#admit);
        this.#hasPage = true;
        this.#deliver();
      },
      allowPath: (file) => this.#allowed.add(file),
      chooseFiles: async (window) => {
        const files = await choosePhotos(window);
        for (const file of files) this.#allowed.add(file.path);
        parts.recent.add(files.map((file) => file.path));
        return files;
      },
      chooseFolder: async (window) => {
        const folder = await chooseOutputFolder(window);
        if (folder !== null) this.#allowed.add(folder.path);
        return folder;
      },
      resultsFolder: (action, window) => results.do(action, window),
      // A drag that cannot begin is none: the person sees that nothing follows the pointer.
      dragOut: (contents, bytes, name) => void parts.dragOut.start(contents, bytes, name).catch(() => undefined),
      saveFile: saveWithDialog,
    });
  }

  get window(): BrowserWindow | undefined {
    return this.#window;
  }

  /** Shows the window and hands files to its page, now or when there is one. Before the app is ready they wait. */
  openFiles(files: readonly string[]): void {
    this.#waiting.push(...files);
    this.#parts.recent.add(files);
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
    const { preloadPath, windowState } = this.#parts;
    const window = createMainWindow(preloadPath, readWindowState(windowState));
    keepWindowState(window, windowState);
    watchForTroubles(window);
    this.#ipc.register(window);
    window.webContents.on('render-process-gone', () => (this.#hasPage = false));
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

/** Holds quitting back until the engine has ended and files are written, so that nothing is left running or half done. */
function endWhenSettled(settle: () => Promise<void>): void {
  let hasEnded = false;
  app.on('will-quit', (event) => {
    if (hasEnded) return;
    event.preventDefault();
    void settle().finally(() => {
      hasEnded = true;
      app.quit();
    });
  });
}
