import { parse } from 'svelte/compiler';

/** What reads the same in every language: names, units, terms of the field. */
const international =
  /^(?:Pellucid|TensorFlow|Node\.js|sharp|libvips|PSNR|SSIM|JPEG|WebP|AVIF|dB|bpp|MP|px|kMAC|B|KB|MB|σ)$/u;
/** Attributes that are shown or read out. */
const spoken = new Set([
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'title',
  'placeholder',
  'alt',
  'label',
]);

/**
 * Sentences that a component says in a language of its own instead of taking them from the texts.
 * @param {string} source of a `.svelte` file
 * @returns {string[]}
 */
export function hardCodedTexts(source) {
  /** @type {string[]} */
  const found = [];
  visit(parse(source, { modern: true }).fragment, found);
  return found;
}

/** @param {unknown} node @param {string[]} found */
function visit(node, found) {
  if (Array.isArray(node)) for (const child of node) visit(child, found);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  const { type } = /** @type {{ type?: string }} */ (node);
  const fields = /** @type {Record<string, unknown>} */ (node);
  if (type === 'Text' && hasWords(String(fields['data']))) found.push(String(fields['data']).trim());
  // In an expression of the markup a literal of several words can only be a sentence.
  if (type === 'Literal' && typeof fields['value'] === 'string' && /\p{L}{2,}\s+\p{L}{2,}/u.test(fields['value'])) {
    found.push(fields['value']);
  }
  if (type === 'Attribute' && !spoken.has(String(fields['name']))) {
    // Class names, paths and ids are for the machine.
    return;
  }
  for (const [name, value] of Object.entries(fields)) if (name !== 'parent') visit(value, found);
}

/** @param {string} text */
function hasWords(text) {
  return text.split(/[\s/·()+,:]+/u).some((word) => /\p{L}/u.test(word) && !international.test(word));
}
