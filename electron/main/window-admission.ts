import type { Admit } from '../../src/engine-client/bridge.ts';
import { PellucidError } from '../../src/shared/errors.ts';
import type { CallName } from '../../src/shared/params.ts';
import type { AllowedPaths } from './allowed-paths.ts';

type Fields = Record<string, unknown>;

/**
 * What the window may ask for, with the paths that each call would have read. Calls that write to a place of the
 * caller's choice are not among them: the window saves through the dialog of the main process.
 */
const readPaths: Partial<Record<CallName, (params: Fields) => readonly unknown[]>> = {
  'engine.info': () => [],
  'models.list': () => [],
  'files.list': ({ paths }) => listOf(paths),
  'image.open': ({ source }) => (isFields(source) && 'path' in source ? [source['path']] : []),
  'image.addNoise': () => [],
  'image.close': () => [],
  'image.view': () => [],
  'restore.crop': () => [],
  'restore.run': () => [],
  'restore.rivals': () => [],
  'restore.export': () => [],
  'train.start': ({ data }) => listOf(data),
  'evaluate.run': ({ data }) => listOf(data),
};

/** Lets the window do what needs no other files than those that the person has handed to it. */
export function createWindowAdmission(allowed: AllowedPaths): Admit {
  return (name, params) => {
    const pathsOf = Object.hasOwn(readPaths, name) ? readPaths[name as CallName] : undefined;
    const fields = isFields(params) ? params : {};
    if (pathsOf === undefined || fields['runDir'] !== undefined) {
      throw new PellucidError('PERMISSION_DENIED', `The window may not call ${JSON.stringify(name.slice(0, 40))}.`);
    }
    const paths = pathsOf(fields);
    if (paths.every((file) => allowed.covers(file))) return name as CallName;
    const foreign = String(paths.find((file) => !allowed.covers(file)));
    const message = `${JSON.stringify(foreign)} was not opened in this window. Drop it on the window or choose it.`;
    throw new PellucidError('PERMISSION_DENIED', message, { subject: foreign });
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
