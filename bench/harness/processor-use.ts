import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/** Processor time that a process and its children use, from Linux's /proc; elsewhere nothing is known. */
export class ProcessorUse {
  readonly #pid: number;
  readonly #shares: number[] = [];
  #lastTicks: number;
  #lastMs = performance.now();

  constructor(pid: number) {
    this.#pid = pid;
    this.#lastTicks = ticksOf(pid);
  }

  /** Notes how many cores were busy since the last call. */
  sample(): void {
    const ticks = ticksOf(this.#pid);
    const now = performance.now();
    // A child that has ended takes its time with it.
    if (ticks > this.#lastTicks)
      this.#shares.push((ticks - this.#lastTicks) / ticksPerSecond / ((now - this.#lastMs) / 1000));
    this.#lastTicks = ticks;
    this.#lastMs = now;
  }

  /** Cores in use, for each time that {@link sample} was called. */
  shares(): number[] {
    return this.#shares;
  }
}

function ticksOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const own = Number(fields[11]) + Number(fields[12]);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((total, child) => total + ticksOf(Number(child)), own);
  } catch {
    return 0;
  }
}
