/** One line that `bench/peers/serve.py` answers. */
export interface PeerAnswer {
  ms?: number;
  versions?: Record<string, string>;
  error?: string;
}

/** Throws for anything else than an answer. */
export function parseAnswer(line: string): PeerAnswer {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new Error(`The peer answered ${line}`);
  return value;
}
