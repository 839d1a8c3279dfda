/** What the command ends with. */
export const exitCodes = {
  done: 0,
  /** Some inputs failed, or the work as a whole. */
  failed: 1,
  misused: 2,
  cancelled: 130,
} as const;
