import { describe, expect, it } from 'vitest';
import { hardCodedTexts } from './hard-coded.mjs';
import { textEntries } from './text-keys.mjs';
import { unusedKeys, usedKeys } from './used-keys.mjs';

describe('textEntries', () => {
  it('gives the leaves, through casts and through the objects of other files', () => {
    const sources = new Map([
      [
        'en.ts',
        "export const en = { a: 'A', b: { 'c-d': (n: string) => `${n}!` } as Words<X>, e: inner } satisfies T;",
      ],
      ['e-en.ts', "export const inner = { f: 'F' };"],
    ]);
    expect(textEntries(sources, 'en').map(({ key, text }) => [key, text])).toEqual([
      ['a', "'A'"],
      ['b.c-d', '(n: string) => `${n}!`'],
      ['e.f', "'F'"],
    ]);
  });
});

describe('unusedKeys', () => {
  const keys = ['queue.title', 'queue.states.done', 'queue.states.failed', 'save.title', 'units.second'];
  const component = `
    const text = $derived(app.text.queue);
    const other = context.text.save;
    <h2>{text.title}</h2><p>{text.states[photo.state]}</p>`;

  it('follows the names that stand for a part of the texts, and values that pick one', () => {
    expect(unusedKeys(keys, usedKeys(component))).toEqual(['save.title', 'units.second']);
  });

  it('follows texts that are taken apart', () => {
    expect(unusedKeys(keys, usedKeys('const { units } = this.#text; return units.second(1);'))).not.toContain(
      'units.second',
    );
  });
});

describe('hardCodedTexts', () => {
  it('finds sentences in the markup, in what is read out and in expressions', () => {
    const source = `
      <script lang="ts">const a = 'not shown at all';</script>
      <p class="two words">Photos</p>
      <button aria-label="Close it">{isBusy ? 'please wait now' : text.go}</button>
      <p>PSNR {value} dB · σ</p>`;
    expect(hardCodedTexts(source)).toEqual(['Photos', 'Close it', 'please wait now']);
  });
});
