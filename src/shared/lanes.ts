import type { CallName } from './params.ts';

/**
 * How the engine schedules a call, and what cancelling it means.
 *
 * - `light`: runs at once, beside everything else. Cancelling drops the answer; the work is too short to stop.
 * - `preview`: one at a time, beside the heavy lane, so that a click shows its crop while a whole photo is computed.
 *   Previews go stale all the time, so cancelling one never ends the engine.
 * - `heavy`: one at a time; later ones wait. One that is cancelled and does not stop is ended with its process.
 * - `training`: one at a time, beside the other lanes; it has longer to stop, because it saves its state.
 */
export type Lane = 'light' | 'preview' | 'heavy' | 'training';

export const lanes: Readonly<Record<CallName, Lane>> = {
  'engine.info': 'light',
  'engine.setCompute': 'light',
  'models.list': 'light',
  'models.info': 'light',
  'models.import': 'light',
  'models.export': 'light',
  'models.exportTo': 'light',
  'models.verify': 'light',
  'models.remove': 'light',
  'models.rename': 'light',
  'models.setDefault': 'light',
  'models.compare': 'heavy',
  'files.list': 'light',
  'files.receive': 'light',
  'image.open': 'light',
  'image.addNoise': 'light',
  'image.close': 'light',
  'image.view': 'light',
  'restore.crop': 'preview',
  'restore.rivals': 'preview',
  'restore.run': 'heavy',
  'restore.export': 'heavy',
  'file.process': 'heavy',
  // The queue holds no lane: it lets the other lanes go first between two tiles.
  'batch.add': 'light',
  'batch.list': 'light',
  'batch.watch': 'light',
  'batch.pause': 'light',
  'batch.resume': 'light',
  'batch.cancel': 'light',
  'batch.move': 'light',
  'batch.retry': 'light',
  'batch.clear': 'light',
  'batch.preview': 'light',
  'batch.result': 'light',
  'batch.thumbnail': 'light',
  'batch.run': 'heavy',
  'batch.follow': 'heavy',
  'montage.write': 'heavy',
  'train.start': 'training',
  'train.pause': 'light',
  'train.resume': 'light',
  'train.stop': 'light',
  'train.estimate': 'heavy',
  'data.inspect': 'light',
  'runs.list': 'light',
  'runs.show': 'light',
  'runs.resume': 'training',
  'runs.remove': 'light',
  'sweep.start': 'training',
  'sweep.list': 'light',
  'sweep.resume': 'training',
  'sweep.remove': 'light',
  'explore.open': 'heavy',
  'explore.similar': 'heavy',
  'explore.neighbours': 'light',
  'explore.sheet': 'preview',
  'explore.map': 'heavy',
  'explore.codes': 'heavy',
  'explore.discard': 'heavy',
  'evaluate.run': 'heavy',
  'evaluate.plot': 'heavy',
};
