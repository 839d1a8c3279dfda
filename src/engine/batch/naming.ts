import { invalidArgument } from '../../shared/errors.ts';

/** What the parts of a name template stand for. */
export interface NameParts {
  /** File name of the photo without folder and extension. */
  name: string;
  model: string;
  /** On the 0..255 scale; null where nothing was denoised. */
  sigma255: number | null;
  /** Place in the batch, from 1. */
  counter: number;
  /** Digits that counters are filled up to with zeros. */
  counterDigits: number;
}

const placeholders = ['name', 'model', 'sigma', 'counter', 'ext'] as const;
const ending = /\.?\{ext\}$/;
// eslint-disable-next-line no-control-regex -- characters that no file system or shell shows as they are
const forbidden = /[/\\:*?"<>|\0-\x1f]/;

/**
 * Checks a template, `{name}-clear.{ext}` for example.
 *
 * @throws {PellucidError} `INVALID_ARGUMENT` for an unknown placeholder, a folder, an extension that is not at the end,
 *   or a template that would call every file the same
 */
export function assertTemplate(template: string): void {
  const known: readonly string[] = placeholders;
  for (const [, word = ''] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (!known.includes(word)) {
      const all = placeholders.map((placeholder) => `{${placeholder}}`).join(', ');
      throw invalidArgument('template', `only ${all} in braces`, template);
    }
  }
  const base = template.replace(ending, '');
  if (base.includes('{ext}')) throw invalidArgument('template', '{ext} at the end', template);
  if (forbidden.test(base)) throw invalidArgument('template', 'a file name without / \\ : * ? " < > |', template);
  if (!base.includes('{name}') && !base.includes('{counter}'))
    throw invalidArgument('template', '{name} or {counter}, so that each result has a name of its own', template);
}

/**
 * The name of a result without its extension, which follows it with a dot.
 *
 * @param template as {@link assertTemplate} takes it
 */
export function baseNameOf(template: string, parts: NameParts): string {
  const values: Record<string, string> = {
    name: parts.name,
    model: parts.model,
    sigma: String(Math.round(parts.sigma255 ?? 0)),
    counter: String(parts.counter).padStart(parts.counterDigits, '0'),
  };
  return template.replace(ending, '').replace(/\{(\w+)\}/g, (whole, word: string) => values[word] ?? whole);
}

/** The name of a photo that came without a path, made safe: no folder, no hidden file, nothing that a system refuses. */
export function safeFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  // eslint-disable-next-line no-control-regex -- as above
  const safe = last.replace(/[:*?"<>|\0-\x1f]/g, '_').replace(/^\.+/, '');
  return safe === '' ? 'photo' : safe.slice(-120);
}
