/**
 * Colours that can be told apart, for pictures whose class is known: Paul Tol's "muted" scheme and one more
 * (https://personal.sron.nl/~pault/), all readable on light and on dark grey.
 */
const colours = [
  ...['#cc6677', '#6655cc', '#ddaa33', '#117733', '#33aadd', '#aa3377', '#449988', '#999933', '#994411', '#aa77dd'],
] as const;

/** The colour of a class. */
export function labelColours(label: number): string {
  return colours[label % colours.length] ?? colours[0];
}
