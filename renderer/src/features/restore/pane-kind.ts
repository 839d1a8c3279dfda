/**
 * What a pane shows: a layer of the photo, the noisy and the restored photo divided by a line, or a difference: what
 * was taken away from the noisy photo, or what is still wrong against the clean one.
 */
export type PaneKind = 'source' | 'latent' | 'restored' | 'reference' | 'wipe' | 'removed' | 'error';

/** How much a difference is brightened: a power of two. */
export const differenceGain = 4;
