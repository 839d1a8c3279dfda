import type { Admit } from '../../src/engine-client/bridge.ts';
import { PellucidError } from '../../src/shared/errors.ts';
import type { CallName } from '../../src/shared/params.ts';
import type { AllowedPaths } from './allowed-paths.ts';

type Fields = Record<string, unknown>;

/**
 * What the window may ask for, with the paths that each call would have read or written to. Calls that write to any
 * place of the caller's choice are not among them: the window saves through the dialog of the main process, and batches
 * go into a folder that the person has chosen.
 */
const readPaths: Partial<Record<CallName, (params: Fields) => readonly unknown[]>> = {
  'engine.info': () => [],
  'models.list': () => [],
  'files.list': ({ paths }) => listOf(paths),
  'image.open': ({ source }) => pathOfSource(source),
  'image.addNoise': () => [],
  'image.close': () => [],
  'image.view': () => [],
  'restore.crop': () => [],
  'restore.run': () => [],
  'restore.rivals': () => [],
  'restore.export': () => [],
  'batch.add': ({ sources, job }) => [...listOf(sources).flatMap(pathOfSource), ...outputFolder(job)],
  'batch.list': () => [],
  'batch.watch': () => [],
  'batch.pause': () => [],
  'batch.resume': () => [],
  'batch.cancel': () => [],
  'batch.move': () => [],
  'batch.retry': () => [],
  'batch.clear': () => [],
  'batch.preview': () => [],
  'batch.result': () => [],
  'batch.thumbnail': () => [],
  'train.start': ({ data }) => listOf(data),
  'explore.open': ({ data }) => listOf(data),
  'explore.similar': () => [],
  'explore.neighbours': () => [],
  'explore.sheet': () => [],
  'explore.map': () => [],
  'explore.codes': () => [],
  'explore.discard': ({ paths }) => listOf(paths),
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

function pathOfSource(source: unknown): unknown[] {
  return isFields(source) && 'path' in source ? [source['path']] : [];
}

/** The folder that a batch would write to, unless it leaves its results with the app. */
function outputFolder(job: unknown): unknown[] {
  const output = isFields(job) ? job['output'] : undefined;
  const folder = isFields(output) ? output['folder'] : undefined;
  return folder === null ? [] : [folder];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
