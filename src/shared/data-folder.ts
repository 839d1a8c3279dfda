/**
 * The folder where the person's models, training runs and settings are kept: `PELLUCID_DATA` where it is set, else the
 * place that the platform has for it. Pure, so that every platform is tested on any.
 * @param platform as `process.platform`
 * @param env as `process.env`
 * @param home the person's home folder, as `os.homedir()`
 */
export function dataFolder(platform: string, env: Readonly<Record<string, string | undefined>>, home: string): string {
  const chosen = env['PELLUCID_DATA'];
  if (chosen !== undefined && chosen !== '') return chosen;
  if (platform === 'win32') return `${env['APPDATA'] || `${home}\\AppData\\Roaming`}\\Pellucid`;
  if (platform === 'darwin') return `${home}/Library/Application Support/Pellucid`;
  // The XDG base directory specification says to ignore a path that is not absolute.
  const xdg = env['XDG_DATA_HOME'];
  return `${xdg?.startsWith('/') === true ? xdg : `${home}/.local/share`}/pellucid`;
}

/** Folder inside the data folder for files that pages in a browser have sent. */
export const receivedFolderName = 'received';
