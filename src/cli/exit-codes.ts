/** What the command ends with. */
export const exitCodes = {
  done: 0,
  /** Some inputs failed, or the work as a whole. */
  failed: 1,
  misused: 2,
  cancelled: 130,
  /** Nobody reads the output any more, as in `pellucid ... | head`: what a shell gives for SIGPIPE. */
  readerGone: 141,
} as const;
