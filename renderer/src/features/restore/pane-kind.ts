/** What a pane shows: a layer of the photo, or the noisy and the restored photo divided by a line. */
export type PaneKind = 'source' | 'latent' | 'restored' | 'wipe';
