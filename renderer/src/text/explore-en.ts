import type { ExplorePart } from '../state/explore.svelte.ts';

type Words<Key extends string> = Record<Key, string>;

/** What the view that explores says, in English. */
export const exploreEn = {
  title: 'Explore your photos',
  lead: 'A model sums up each photo in a short code. Codes that are near each other belong to photos that look alike.',
  part: 'Part',
  parts: { similar: 'Similar' } as Words<ExplorePart>,
  library: {
    title: 'Photos',
    folder: 'Choose a folder',
    files: 'Choose photos',
    clear: 'Start over',
    model: 'Model',
    defaultModel: 'Codec (default)',
    again: 'Look for changes',
    adding: (count: number) => `Taking in ${count} files …`,
    indexing: 'Making codes',
    cancel: 'Cancel',
    summary: (photos: string, computed: string) => `${photos} photos, ${computed} of them new or changed.`,
    removed: (count: string) => `${count} had gone from the disk and were taken out of the index.`,
    rebuilt: 'The index was damaged and was built anew.',
    skipped: (count: string) => `${count} files could not be read:`,
    first: 'Choose photos first.',
  },
  stages: { index: 'Making codes', compare: 'Comparing' },
  progress: (completed: string, total: string) => `${completed} of ${total}`,
  left: (duration: string) => `${duration} left`,
  similar: {
    find: 'Find near-duplicates',
    lead: 'Groups of photos that differ in size, quality, noise or a small crop. The largest file comes first.',
    codecOnly: 'Near-duplicates are found with codes of a codec. Choose one as the model.',
    none: 'There are no near-duplicates.',
    groups: (count: string) => (count === '1' ? '1 group of near-duplicates' : `${count} groups of near-duplicates`),
    markCopies: 'Mark all but the largest',
    mark: (name: string) => `Mark ${name} to go`,
    look: (name: string) => `Photos like ${name}`,
    discard: (count: string) => `Move ${count} to the bin`,
    confirm: (count: string) => `Move ${count} photos to the bin of the system?`,
    yes: 'Move to the bin',
    keep: 'Keep them',
    saveList: 'Save the list',
    copies:
      'In a browser these are copies that the page has sent. Your own files stay where they are; save the list to sort them out.',
    like: (name: string) => `Most like ${name}`,
    choose: 'Choose a photo to see those that are most like it.',
    similarity: (value: string) => `${value} %`,
    all: 'All photos',
    more: 'Show more',
  },
};
