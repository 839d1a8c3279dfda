import type { Admit } from '../../src/engine-client/bridge.ts';
import { filesNamedBy } from '../../src/engine-client/named-files.ts';
import { PellucidError } from '../../src/shared/errors.ts';
import type { CallName } from '../../src/shared/params.ts';
import type { AllowedPaths } from './allowed-paths.ts';

/** Lets the window do what needs no other files than those that the person has handed to it. */
export function createWindowAdmission(allowed: AllowedPaths): Admit {
  return (name, params) => {
    const named = filesNamedBy(name, params);
    // Files are not sent to the engine here, which finds them where they are.
    if (named === undefined || named.hasPathForId || name === 'files.receive') {
      throw new PellucidError('PERMISSION_DENIED', `The window may not call ${JSON.stringify(name.slice(0, 40))}.`);
    }
    const foreign = named.paths.find((file) => !allowed.covers(file));
    if (named.paths.every((file) => allowed.covers(file))) return name as CallName;
    const message = `${JSON.stringify(String(foreign))} was not opened in this window. Drop it on the window or choose it.`;
    throw new PellucidError('PERMISSION_DENIED', message, { subject: String(foreign) });
  };
}
