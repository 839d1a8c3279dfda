import type { BatchItemState, SkipReason } from '../../../src/shared/batch.ts';
import type { Operation } from '../../../src/shared/params.ts';

type Words<Key extends string> = Record<Key, string>;

/** What the view of the queue says, in English. */
export const batchEn = {
  title: 'Queue',
  lead: 'Photos are restored and written one after the other. Close the window whenever you like: the queue goes on where it was.',
  emptyTitle: 'Nothing is queued',
  emptyLead: 'Drop photos or folders here, or add them from Restore with the settings that you like.',
  summary: 'Summary',
  total: 'Progress of all photos',
  progressOf: (name: string) => `Progress of ${name}`,
  failed: (count: number) => `${count} failed`,
  skipped: (count: number) => `${count} passed over`,
  cancelled: (count: number) => `${count} cancelled`,
  paused: 'paused',
  sizes: (before: string, after: string) => `${before} → ${after}`,
  adding: (count: number) => (count === 1 ? 'Adding 1 photo …' : `Adding ${count} photos …`),
  pause: 'Pause',
  cancelAll: 'Cancel all',
  retryAll: 'Try failed ones again',
  clear: 'Clear finished',
  save: 'Save',
  saveAll: 'Save all',
  saveLabel: (name: string) => `Save the results of ${name}`,
  retry: 'Try again',
  retryLabel: (name: string) => `Try ${name} again`,
  cancelLabel: (name: string) => `Cancel ${name}`,
  up: (name: string) => `Move ${name} up`,
  down: (name: string) => `Move ${name} down`,
  states: {
    waiting: 'waiting',
    running: 'at work',
    done: 'done',
    skipped: 'passed over',
    failed: 'failed',
    cancelled: 'cancelled',
  } as Words<BatchItemState>,
  operations: {
    restore: 'restore',
    denoise: 'denoise',
    compress: 'compress',
    decompress: 'open .pel',
  } as Words<Operation>,
  skipReasons: {
    finished: 'This photo was done before with the same settings.',
    'own-output': 'This is a result of Pellucid itself.',
    larger: 'The result would be larger than the photo.',
    exists: 'There is a file of that name already.',
  } as Words<SkipReason>,
};
