/**
 * The layer table: which folder may import which. It is data, read by the lint rule in `layer-rule.mjs` and by whoever
 * wants to know how the project hangs together. ARCHITECTURE.md explains the reasons.
 */

/**
 * @typedef {object} Layer
 * @property {string} folder path from the root of the repository, without a trailing slash
 * @property {readonly string[]} mayImport folders of the layers it may import besides itself; `*` means every layer
 */

/** @type {readonly Layer[]} */
export const layers = [
  { folder: 'src/shared', mayImport: [] },
  { folder: 'src/rpc', mayImport: ['src/shared'] },
  { folder: 'src/metrics', mayImport: ['src/shared'] },
  { folder: 'src/codec', mayImport: ['src/shared'] },
  { folder: 'src/image', mayImport: ['src/shared'] },
  { folder: 'src/ml', mayImport: ['src/shared', 'src/metrics', 'src/codec'] },
  {
    folder: 'src/engine',
    mayImport: ['src/shared', 'src/rpc', 'src/metrics', 'src/codec', 'src/image', 'src/ml'],
  },
  { folder: 'src/engine-client', mayImport: ['src/rpc', 'src/shared'] },
  { folder: 'src/web-host', mayImport: ['src/engine-client', 'src/rpc', 'src/shared'] },
  { folder: 'src/cli', mayImport: ['src/engine-client', 'src/rpc', 'src/shared'] },
  { folder: 'electron/main', mayImport: ['src/engine-client', 'src/rpc', 'src/shared'] },
  { folder: 'electron/preload', mayImport: ['src/shared'] },
  { folder: 'renderer', mayImport: ['src/rpc', 'src/shared'] },
  { folder: 'bench', mayImport: ['*'] },
  { folder: 'tests', mayImport: ['*'] },
  { folder: 'tools', mayImport: ['*'] },
];

/**
 * @typedef {object} PackageHome
 * @property {string} package name of the package; one that ends in `/` stands for a whole scope
 * @property {readonly string[]} folders the only folders that may import it
 */

/** Packages that one layer keeps to itself. @type {readonly PackageHome[]} */
export const packageHomes = [
  { package: 'electron', folders: ['electron'] },
  { package: '@tensorflow/', folders: ['src/ml'] },
  { package: 'sharp', folders: ['src/image'] },
];

/**
 * @typedef {object} Wrapper
 * @property {string} name what only the wrapper may touch
 * @property {'import' | 'member' | 'construct'} use how it is touched: imported (or read as a member of a module),
 *   `object.name` for `process.send`, `new name()`
 * @property {readonly string[]} files the typed wrapper around it
 */

/** Untyped ways to another process, each wrapped in one typed file. @type {readonly Wrapper[]} */
export const wrappers = [
  { name: 'ipcMain', use: 'import', files: ['electron/main/ipc.ts'] },
  { name: 'ipcRenderer', use: 'import', files: ['electron/preload/ipc.ts'] },
  { name: 'process.send', use: 'member', files: ['src/rpc/child-process-transport.ts'] },
  { name: 'WebSocket', use: 'construct', files: ['src/rpc/web-socket-transport.ts'] },
];
