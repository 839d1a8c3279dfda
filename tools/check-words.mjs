import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { hardCodedTexts } from './words/hard-coded.mjs';
import { root } from './setup/paths.mjs';
import { textEntries } from './words/text-keys.mjs';
import { unusedKeys, usedKeys } from './words/used-keys.mjs';

/**
 * Part of `npm run check`: fails on a sentence that nothing uses, one that is missing in a language, one that was left
 * in English, and one that a component holds itself.
 */
const folder = path.join(root, 'renderer', 'src');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(?:svelte|ts)$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => ({ name: name.replaceAll('\\', '/'), source: readFileSync(path.join(folder, name), 'utf8') }));

/** @param {string} language */
const entriesOf = (language) => {
  const own = files.filter(({ name }) => name.startsWith('text/') && name.endsWith(`${language}.ts`));
  return textEntries(new Map(own.map(({ name, source }) => [name, source])), language);
};

const english = entriesOf('en');
const chinese = new Map(entriesOf('zh').map(({ key, text }) => [key, text]));
const used = files
  .filter(({ name }) => !/^text\/(?:.+-)?(?:en|zh)\.ts$/.test(name))
  .flatMap(({ source }) => usedKeys(source));

/** Sentences of a language that are the same in English: they hold no words of it. @param {string} text */
const isWordless = (text) => !/\p{Script=Latin}{2,}\s+\p{Script=Latin}{2,}/u.test(text);

const problems = [
  ...unusedKeys(
    english.map(({ key }) => key),
    used,
  ).map((key) => `Nothing uses the text ${key}.`),
  ...english.filter(({ key }) => !chinese.has(key)).map(({ key }) => `The text ${key} is missing in Chinese.`),
  ...english
    .filter(({ key, text }) => chinese.get(key) === text && !isWordless(text))
    .map(({ key }) => `The text ${key} is not translated.`),
  ...files
    .filter(({ name }) => name.endsWith('.svelte'))
    .flatMap(({ name, source }) => hardCodedTexts(source).map((text) => `renderer/src/${name} says "${text}" itself.`)),
];

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
