import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImageInfo, ImageView, RestoreResult } from '../../../src/shared/contract.ts';
import { PellucidError } from '../../../src/shared/errors.ts';
import { Viewport } from '../canvas/viewport.svelte.ts';
import type { Host } from '../host/host.ts';
import { Preview } from './preview.svelte.ts';
import { Queue } from './queue.svelte.ts';
import { Restorer } from './restorer.svelte.ts';
import { RestoreOptions } from './restore-options.svelte.ts';

/** An engine in memory whose restorations end when the test says so. */
class TestEngine {
  readonly calls: string[] = [];
  readonly open = new Set<string>();
  #runs: { name: string; resolve: () => void; reject: (error: PellucidError) => void }[] = [];
  #names = new Map<string, string>();

  readonly call = (async (name: string, params: Record<string, unknown>, options?: { signal?: AbortSignal }) => {
    const image = this.#names.get(String(params['imageId'])) ?? '';
    this.calls.push(`${name} ${image}`.trim());
    if (name === 'image.open') return this.#openImage(params['source'] as { name: string });
    if (name === 'image.view') return view;
    if (name === 'image.close') return this.open.delete(String(params['imageId']));
    if (name === 'restore.run') return this.#run(String(params['imageId']), image, options?.signal);
    throw new PellucidError('INTERNAL', `The test does not know ${name}.`);
  }) as Host['call'];

  /** Ends the restoration that is going on. */
  async finish(): Promise<void> {
    this.#runs.shift()?.resolve();
    await settled();
  }

  async crash(): Promise<void> {
    this.open.clear();
    this.#runs.shift()?.reject(new PellucidError('ENGINE_CRASHED', 'The engine has ended.'));
    await settled();
  }

  get running(): string | undefined {
    return this.#runs[0]?.name;
  }

  #openImage(source: { name: string }): ImageInfo {
    if (source.name.endsWith('.txt')) throw new PellucidError('NOT_AN_IMAGE', `${source.name} is no picture.`);
    const imageId = `${source.name} ${this.calls.length}`;
    this.#names.set(imageId, source.name);
    this.open.add(imageId);
    return { imageId, name: source.name, width: 100, height: 80 } as ImageInfo;
  }

  #run(imageId: string, name: string, signal: AbortSignal | undefined): Promise<RestoreResult> {
    return new Promise((resolve, reject) => {
      const run = { name, resolve: () => resolve({ imageId, encoded: null, metrics: null } as RestoreResult), reject };
      this.#runs.push(run);
      signal?.addEventListener('abort', () => {
        this.#runs = this.#runs.filter((other) => other !== run);
        reject(new PellucidError('ABORTED', 'Cancelled.'));
      });
    });
  }
}

const view: ImageView = {
  region: { left: 0, top: 0, width: 1, height: 1 },
  width: 1,
  height: 1,
  png: new Uint8Array(),
};

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

function setUp(...names: string[]) {
  const engine = new TestEngine();
  const host = {
    call: engine.call,
    openSources: (files: { name: string }[]) => Promise.resolve(files.map(({ name }) => ({ name, path: name }))),
  } as unknown as Host;
  const queue = new Queue();
  const options = new RestoreOptions();
  const restorer = new Restorer(host, queue, options, new Preview(host, options, new Viewport()));
  queue.add(names.map((name) => ({ kind: 'file', file: { name, path: name } })));
  restorer.reconsider();
  const states = () => queue.photos.map(({ fileName, state }) => `${fileName} ${state}`);
  return { engine, queue, options, restorer, states };
}

beforeEach(() => {
  vi.stubGlobal('createImageBitmap', () => Promise.resolve({ width: 1, height: 1, close: () => undefined }));
});

describe('Restorer', () => {
  it('does one photo after another', async () => {
    const { engine, states } = setUp('a', 'b');
    await settled();
    expect(states()).toEqual(['a restoring', 'b waiting']);
    await engine.finish();
    expect(states()).toEqual(['a done', 'b restoring']);
    await engine.finish();
    expect(states()).toEqual(['a done', 'b done']);
  });

  it('turns to the photo that is looked at, and comes back', async () => {
    const { engine, queue, restorer, states } = setUp('a', 'b', 'c');
    await settled();
    const last = queue.photos[2];
    if (last !== undefined) queue.select(last);
    restorer.reconsider();
    await settled();
    expect(states()).toEqual(['a waiting', 'b waiting', 'c restoring']);
    await engine.finish();
    expect(engine.running).toBe('a');
  });

  it('makes a changed photo anew, keeping the old result until then', async () => {
    const { engine, queue, options, restorer, states } = setUp('a');
    await settled();
    await engine.finish();
    options.adjust('quality', 80, false);
    restorer.reconsider();
    await settled();
    expect(engine.running).toBeUndefined();
    options.adjust('quality', 80, true);
    restorer.reconsider();
    await settled();
    expect(states()).toEqual(['a restoring']);
    expect(queue.photos[0]?.result).not.toBeNull();
    await engine.finish();
    expect(queue.photos[0]?.resultVersion).toBe(2);
  });

  it('stops at a cancel and goes on when asked to', async () => {
    const { engine, restorer, states } = setUp('a', 'b');
    await settled();
    restorer.cancel();
    await settled();
    expect(states()).toEqual(['a cancelled', 'b waiting']);
    expect(engine.running).toBeUndefined();
    restorer.resume();
    await settled();
    expect(states()).toEqual(['a restoring', 'b waiting']);
  });

  it('opens photos again after the engine has crashed', async () => {
    const { engine, queue, restorer, states } = setUp('a', 'b');
    await settled();
    await engine.crash();
    expect(states()).toEqual(['a failed', 'b restoring']);
    await engine.finish();
    const first = queue.photos[0];
    if (first !== undefined) restorer.retry(first);
    await settled();
    expect(engine.calls.filter((call) => call === 'image.open')).toHaveLength(3);
    await engine.finish();
    expect(states()).toEqual(['a done', 'b done']);
  });

  it('takes a file that is no photo out, with its reason', async () => {
    const { queue, states } = setUp('note.txt', 'b');
    await settled();
    expect(states()).toEqual(['b restoring']);
    expect(queue.skipped.map(({ name, error }) => `${name}: ${error.code}`)).toEqual(['note.txt: NOT_AN_IMAGE']);
  });

  it('lets go of a photo that is removed while it is restored', async () => {
    const { engine, queue, restorer } = setUp('a', 'b');
    await settled();
    const first = queue.photos[0];
    if (first !== undefined) restorer.remove(first);
    await settled();
    expect(engine.running).toBe('b');
    expect([...engine.open].filter((imageId) => imageId.startsWith('a'))).toEqual([]);
  });
});
