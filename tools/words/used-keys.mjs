/** `const text = $derived(app.text.queue)` and its like: a name that stands for a part of the texts. */
const alias = /(?:const|let)\s+(\w+)\s*=\s*(?:\$derived\()?\s*(?:this\.#?|app\.)?text((?:\.\w+)*)\s*[);]/g;
/** `const { units } = this.#text`. */
const destructured = /const\s*\{([^}]*)\}\s*=\s*(?:this\.#?|app\.)?text\s*;/g;

/**
 * The keys of texts that a source uses. One that ends in `.*` stands for all below it: they are picked by a value.
 * @param {string} source of a component or a module
 * @returns {string[]}
 */
export function usedKeys(source) {
  /** @type {[string, string][]} */
  const names = [
    ['app.text', ''],
    ['this.text', ''],
    ['this.#text', ''],
  ];
  for (const [, name = '', path = ''] of source.matchAll(alias)) names.push([name, path.slice(1)]);
  for (const [, list = ''] of source.matchAll(destructured)) {
    for (const name of list.split(',')) names.push([name.trim(), name.trim()]);
  }
  // A parameter of that name is the whole.
  if (!names.some(([name]) => name === 'text')) names.push(['text', '']);
  return names.flatMap(([name, prefix]) => {
    const use = new RegExp(`(?<![\\w.#])${name.replaceAll('.', '\\.')}((?:\\.\\w+)*)(\\[)?`, 'g');
    return [...source.matchAll(use)].map(([, path = '', bracket]) => {
      const key = [prefix, path.slice(1)].filter((part) => part !== '').join('.');
      return bracket === undefined ? key : `${key}.*`;
    });
  });
}

/**
 * Keys that no source uses.
 * @param {readonly string[]} keys
 * @param {readonly string[]} used as {@link usedKeys} gives them
 * @returns {string[]}
 */
export function unusedKeys(keys, used) {
  const exact = new Set(used);
  const open = used.filter((key) => key.endsWith('.*')).map((key) => key.slice(0, -1));
  return keys.filter((key) => {
    // `text.length` of a sentence still uses it.
    const isUsed = exact.has(key) || used.some((other) => other.startsWith(`${key}.`));
    return !isUsed && !open.some((prefix) => key.startsWith(prefix));
  });
}
