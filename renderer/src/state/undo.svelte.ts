/** Most steps that are kept. */
const mostSteps = 100;

/** Earlier states to go back to, and later ones to return to until something new is done. */
export class Undo<State> {
  #past = $state.raw<readonly State[]>([]);
  #future = $state.raw<readonly State[]>([]);

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Remembers the state before a change. */
  push(state: State): void {
    this.#past = [...this.#past, state].slice(-mostSteps);
    this.#future = [];
  }

  /** The state before `current`; `current` itself where there is none. */
  back(current: State): State {
    const earlier = this.#past.at(-1);
    if (earlier === undefined) return current;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, current];
    return earlier;
  }

  /** The state that was left by going back from it. */
  forward(current: State): State {
    const later = this.#future.at(-1);
    if (later === undefined) return current;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, current];
    return later;
  }
}
