import type { Graph } from './graph.ts';
import { Session } from './session.ts';

/** Shapes that stay prepared at a time: a few, since each one holds its own weights and scratch memory. */
const capacity = 4;

/** Loaded graphs of one model by tile shape; the one that was not used for longest gives way. */
export class SessionCache {
  readonly #build: (height: number, width: number) => Graph;
  readonly #sessions = new Map<string, Promise<Session>>();

  constructor(build: (height: number, width: number) => Graph) {
    this.#build = build;
  }

  async get(height: number, width: number): Promise<Session> {
    const key = `${height}x${width}`;
    const known = this.#sessions.get(key);
    this.#sessions.delete(key);
    const session = known ?? Session.load(this.#build(height, width));
    this.#sessions.set(key, session);
    if (this.#sessions.size > capacity) await this.#dropOldest();
    return session;
  }

  dispose(): void {
    for (const session of this.#sessions.values())
      void session.then((loaded) => {
        loaded.dispose();
      });
    this.#sessions.clear();
  }

  async #dropOldest(): Promise<void> {
    const [oldest] = this.#sessions;
    if (oldest === undefined) return;
    this.#sessions.delete(oldest[0]);
    (await oldest[1]).dispose();
  }
}
