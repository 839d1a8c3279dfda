/** Limits that several layers must agree on. The reasons are in ARCHITECTURE.md. */
export const limits = {
  /** Pixels a picture may have before it is refused from its header; the caller can raise it. */
  maxPixels: 200_000_000,
  /** Longest side of a picture, in pixels, that a `.pel` file can describe. */
  maxSidePx: 65_535,
  /** Standard deviation of noise on the 0..255 scale that the models are trained for. */
  maxSigma255: 75,
  /** Largest message between processes, in bytes; a photo file is well below it. */
  maxMessageBytes: 512 * 1024 * 1024,
  /** A call that was cancelled and has not stopped after this time is ended with its process. */
  cancelGraceMs: 1000,
  /** Training saves its state when it is stopped, and one of its steps can take seconds on a slow machine. */
  trainingGraceMs: 15_000,
} as const;
