import { isAbsolute, relative, resolve } from 'node:path';
import type { Admit } from '../engine-client/bridge.ts';
import { PellucidError } from '../shared/errors.ts';
import type { CallName } from '../shared/params.ts';

type Fields = Record<string, unknown>;

/** Paths, and ids that could be paths, that a call names; undefined for one that a page may not make. */
type NamedPaths = (params: Fields) => { paths: readonly unknown[]; ids?: readonly unknown[] };

const nothing: NamedPaths = () => ({ paths: [] });
const source: NamedPaths = (params) => ({ paths: pathsOfSources([params['source']]) });
const run: NamedPaths = ({ runId }) => ({ paths: [], ids: [runId] });
const training: NamedPaths = ({ data, runDir }) => ({ paths: [...listOf(data), ...given(runDir)] });

const photos: NamedPaths = ({ sources, job }) => ({
  paths: [...pathsOfSources(listOf(sources)), ...outputFolder(job)],
});

/** What a page in a browser may ask for: work on the photos that it has sent itself, and nothing about other files. */
const allowed: Partial<Record<CallName, NamedPaths>> = {
  'engine.info': nothing,
  'engine.setCompute': nothing,
  'files.receive': nothing,
  'models.list': nothing,
  'models.info': nothing,
  'models.import': source,
  'models.export': nothing,
  'models.verify': nothing,
  'models.remove': nothing,
  'models.rename': nothing,
  'models.setDefault': nothing,
  'models.compare': ({ data }) => ({ paths: given(data).flatMap(listOf) }),
  'image.open': source,
  'image.addNoise': nothing,
  'image.close': nothing,
  'image.view': nothing,
  'restore.crop': nothing,
  'restore.run': nothing,
  'restore.rivals': nothing,
  'restore.export': nothing,
  'batch.add': photos,
  'batch.list': nothing,
  'batch.watch': nothing,
  'batch.pause': nothing,
  'batch.resume': nothing,
  'batch.cancel': nothing,
  'batch.move': nothing,
  'batch.retry': nothing,
  'batch.clear': nothing,
  'batch.preview': nothing,
  'batch.result': nothing,
  'batch.thumbnail': nothing,
  'data.inspect': ({ data }) => ({ paths: listOf(data) }),
  'train.start': training,
  'train.estimate': training,
  'train.pause': run,
  'train.resume': run,
  'train.stop': run,
  'runs.list': nothing,
  'runs.show': run,
  'runs.resume': run,
  'runs.remove': run,
  'explore.open': ({ data }) => ({ paths: listOf(data) }),
  'explore.similar': nothing,
  'explore.neighbours': nothing,
  'explore.sheet': nothing,
  'explore.map': nothing,
  'explore.codes': nothing,
  'explore.discard': ({ paths }) => ({ paths: listOf(paths) }),
  'sweep.start': ({ base }) => training(isFields(base) ? base : {}),
};

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
    const named = Object.hasOwn(allowed, name) ? allowed[name as CallName] : undefined;
    if (named === undefined) {
      const message = `${JSON.stringify(name.slice(0, 40))} is not available in a browser. Use the app or the command line for it.`;
      throw new PellucidError('PERMISSION_DENIED', message, { subject: name });
    }
    const { paths, ids = [] } = named(isFields(params) ? params : {});
    if (paths.every(isReceived) && !ids.some(isPath)) return name as CallName;
    throw new PellucidError(
      'PERMISSION_DENIED',
      'A page in a browser may not name files of this computer. Send the photos themselves.',
    );
  };
}

/** Anything but a source that has no path: the engine would take the path where it finds both. */
function pathsOfSources(sources: readonly unknown[]): unknown[] {
  return sources.flatMap((one) => (isFields(one) && 'path' in one ? [one['path']] : []));
}

/** The folder that a batch would write to, unless it leaves its results with the app. */
function outputFolder(job: unknown): unknown[] {
  const output = isFields(job) ? job['output'] : undefined;
  const folder = isFields(output) ? output['folder'] : undefined;
  return folder === null ? [] : [folder];
}

function isPath(id: unknown): boolean {
  return typeof id !== 'string' || /[/\\]/.test(id) || id === '..' || id === '.';
}

function given(value: unknown): unknown[] {
  return value === undefined ? [] : [value];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
