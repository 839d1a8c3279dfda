import { isAbsolute, relative, resolve } from 'node:path';
import type { Admit } from '../engine-client/bridge.ts';
import { filesNamedBy } from '../engine-client/named-files.ts';
import { PellucidError } from '../shared/errors.ts';
import type { CallName } from '../shared/params.ts';

/** Calls for files that are on this computer, of which a page in a browser has none. */
const foreign: ReadonlySet<string> = new Set<CallName>(['files.list', 'evaluate.run']);

/**
 * Lets a page in a browser do what needs no files of this machine but those that it has sent.
 * @param receivedFolder where the engine keeps what pages have sent
 */
export function createPageAdmission(receivedFolder: string): Admit {
  const isReceived = (file: unknown): boolean => {
    if (typeof file !== 'string') return false;
    const inside = relative(resolve(receivedFolder), resolve(file));
    return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
  };
  return (name, params) => {
    const named = foreign.has(name) ? undefined : filesNamedBy(name, params);
    if (named === undefined) {
      const message = `${JSON.stringify(name.slice(0, 40))} is not available in a browser. Use the app or the command line for it.`;
      throw new PellucidError('PERMISSION_DENIED', message, { subject: name });
    }
    if (named.paths.every(isReceived) && !named.hasPathForId) return name as CallName;
    throw new PellucidError(
      'PERMISSION_DENIED',
      'A page in a browser may not name files of this computer. Send the photos themselves.',
    );
  };
}
