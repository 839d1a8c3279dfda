/** How a running training is told to wait, to go on, or to end; obeyed between two steps. */
export class TrainingControl {
  #isPaused = false;
  #isStopped = false;
  #wake = (): void => undefined;

  get isPaused(): boolean {
    return this.#isPaused && !this.#isStopped;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wake();
  }

  /** Ends the training with what it has reached, paused or not. */
  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  /** Resolves when the training may go on or is to end. */
  async released(): Promise<void> {
    while (this.isPaused) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
