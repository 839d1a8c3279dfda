/** Lets pictures into memory as long as there is room, and one at a time where a single one takes it all. */
export class MemoryBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;
  readonly #waiting: { bytes: number; enter: () => void }[] = [];

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Resolves when there is room, in the order of the calls; gives the function that gives it back, once. */
  async take(bytes: number): Promise<() => void> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ bytes, enter });
      this.#letIn();
    });
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#usedBytes -= bytes;
      this.#letIn();
    };
  }

  #letIn(): void {
    for (;;) {
      const [first] = this.#waiting;
      const fits = first !== undefined && this.#usedBytes + first.bytes <= this.#limitBytes;
      if (first === undefined || (!fits && this.#usedBytes > 0)) return;
      this.#waiting.shift();
      this.#usedBytes += first.bytes;
      first.enter();
    }
  }
}
