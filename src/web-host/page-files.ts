import { readdirSync } from 'node:fs';
import path from 'node:path';
import { PellucidError } from '../shared/errors.ts';

/**
 * The files of the page by the path under which they are served, `/` being `index.html`. They are listed once, so that
 * no request is ever turned into a path: what is not in the list does not exist. Links are left out.
 * Throws FILE_NOT_FOUND when the page has not been built.
 * @param folder the built renderer
 */
export function listPageFiles(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of readFolder(folder)) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.set(`/${path.relative(folder, file).split(path.sep).map(encodeURIComponent).join('/')}`, file);
  }
  const index = files.get('/index.html');
  if (index === undefined) throw notBuilt(folder);
  return files.set('/', index);
}

function readFolder(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    throw notBuilt(folder);
  }
}

function notBuilt(folder: string): PellucidError {
  const message = `The page of Pellucid is not at ${folder}. Run \`npm start\`, which builds it.`;
  return new PellucidError('FILE_NOT_FOUND', message, { subject: folder });
}
