import type { Admit } from '../engine-client/bridge.ts';
import { PellucidError } from '../shared/errors.ts';
import type { CallName } from '../shared/params.ts';

/** What a page in a browser may ask for: work on the photos that it has sent itself, and nothing about files. */
const allowed: ReadonlySet<string> = new Set<CallName>([
  'engine.info',
  'models.list',
  'image.open',
  'image.addNoise',
  'image.close',
  'image.view',
  'restore.crop',
  'restore.run',
  'restore.rivals',
  'restore.export',
]);

/** Lets a page in a browser do what needs no file of this machine: `image.open` by bytes only. */
export const admitPage: Admit = (name, params) => {
  if (!allowed.has(name)) {
    const message = `${JSON.stringify(name.slice(0, 40))} is not available in a browser. Use the app or the command line for it.`;
    throw new PellucidError('PERMISSION_DENIED', message, { subject: name });
  }
  if (name === 'image.open' && namesPath(params)) {
    throw new PellucidError(
      'PERMISSION_DENIED',
      'A page in a browser may not open files by path. Send the photo itself.',
    );
  }
  return name as CallName;
};

/** True for all but a source that has no path: the engine would take the path where it finds both. */
function namesPath(params: unknown): boolean {
  if (typeof params !== 'object' || params === null || !('source' in params)) return false;
  return typeof params.source === 'object' && params.source !== null && 'path' in params.source;
}
