import path from 'node:path';

/**
 * The files that the app was started with: what is no option among the arguments, as absolute paths.
 * @param argv as `process.argv`, or as the second instance reports it
 * @param isPackaged without packaging, the app's own folder is the first argument of Electron
 * @param workingFolder what relative paths are relative to
 */
export function filesFromArguments(argv: readonly string[], isPackaged: boolean, workingFolder: string): string[] {
  const own = argv.slice(1).filter((argument) => argument !== '' && !argument.startsWith('-'));
  return (isPackaged ? own : own.slice(1)).map((file) => path.resolve(workingFolder, file));
}
