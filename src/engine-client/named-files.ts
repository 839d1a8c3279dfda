import type { CallName } from '../shared/params.ts';

type Fields = Record<string, unknown>;

type NamedPaths = (params: Fields) => { paths: readonly unknown[]; ids?: readonly unknown[] };

const nothing: NamedPaths = () => ({ paths: [] });
const source: NamedPaths = (params) => ({ paths: pathsOfSources([params['source']]) });
const run: NamedPaths = ({ runId }) => ({ paths: [], ids: [runId] });
const sweep: NamedPaths = ({ sweepId }) => ({ paths: [], ids: [sweepId] });
const training: NamedPaths = ({ data, runDir }) => ({ paths: [...listOf(data), ...given(runDir)] });

const photos: NamedPaths = ({ sources, job }) => ({
  paths: [...pathsOfSources(listOf(sources)), ...outputFolder(job)],
});

/**
 * What a page may ask for, with the files that each call would have read or written to. Calls that write to any place of
 * the caller's choice are not among them: a page saves through its host, and batches go into a folder that the person
 * has chosen.
 */
const calls: Partial<Record<CallName, NamedPaths>> = {
  'engine.info': nothing,
  'engine.setCompute': nothing,
  'engine.setLimits': nothing,
  'files.list': ({ paths }) => ({ paths: listOf(paths) }),
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
  'explore.sort': nothing,
  'explore.sortTable': nothing,
  'explore.sortInto': ({ folder }) => ({ paths: [folder] }),
  'explore.odd': nothing,
  'explore.sample': nothing,
  'explore.between': nothing,
  'explore.directions': nothing,
  'explore.move': nothing,
  'explore.discard': ({ paths }) => ({ paths: listOf(paths) }),
  'evaluate.run': ({ data }) => ({ paths: listOf(data) }),
  'sweep.list': nothing,
  'sweep.resume': sweep,
  'sweep.remove': sweep,
  'sweep.start': ({ base }) => training(isFields(base) ? base : {}),
};

/** Paths that a call names, and whether an id in it is none but could be a path. */
export interface NamedFiles {
  paths: readonly unknown[];
  hasPathForId: boolean;
}

/** The files that a call of a page names; undefined for a call that no page may make. */
export function filesNamedBy(name: string, params: unknown): NamedFiles | undefined {
  const named = Object.hasOwn(calls, name) ? calls[name as CallName] : undefined;
  if (named === undefined) return undefined;
  const { paths, ids = [] } = named(isFields(params) ? params : {});
  return { paths, hasPathForId: ids.some(isPath) };
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
