import type { z } from 'zod';
import { invalidArgument, type PellucidError } from '../../shared/errors.ts';
import { paramSchemas, type CallName, type Params } from '../../shared/params.ts';

/**
 * The door of the engine: nothing gets in that its schema does not describe. What is wrong is said in the project's
 * one sentence, *Expected X for NAME but received VALUE of type T.*
 */

type Issue = z.core.$ZodIssue;

/** A string from outside as the name of a call. Throws INVALID_ARGUMENT. */
export function parseCallName(name: string): CallName {
  if (Object.hasOwn(paramSchemas, name)) return name as CallName;
  throw invalidArgument('call', `one of ${Object.keys(paramSchemas).join(', ')}`, name);
}

/** Parameters from outside, checked; unknown fields are left out. Throws INVALID_ARGUMENT about the first fault. */
export function parseParams<K extends CallName>(name: K, params: unknown): Params<K> {
  const parsed = paramSchemas[name].safeParse(params);
  if (parsed.success) return parsed.data as Params<K>;
  const [issue] = parsed.error.issues;
  throw issue === undefined ? invalidArgument(name, 'valid parameters', params) : toSentence(name, issue, params);
}

function toSentence(name: CallName, issue: Issue, params: unknown, path: readonly PropertyKey[] = []): PellucidError {
  const fullPath = [...path, ...issue.path];
  if (issue.code === 'invalid_union') {
    const nested = closestNested(issue.errors, valueAt(params, fullPath));
    if (nested !== undefined) return toSentence(name, nested, params, fullPath);
  }
  const subject = fullPath.length === 0 ? `the parameters of ${name}` : toName(fullPath);
  return invalidArgument(subject, expectationOf(issue), valueAt(params, fullPath));
}

/**
 * Where a value may have one of several shapes, the fault inside the shape that it comes closest to: the one with the
 * fewest fields missing. Undefined when it has none of the shapes at all.
 */
function closestNested(options: readonly (readonly Issue[])[], value: unknown): Issue | undefined {
  const inside = options.filter((issues) => issues.every((issue) => issue.path.length > 0));
  const missing = (issues: readonly Issue[]): number =>
    issues.filter((issue) => valueAt(value, issue.path) === undefined).length;
  const [closest] = inside.toSorted((a, b) => missing(a) - missing(b) || a.length - b.length);
  return closest?.[0];
}

function toName(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, part) => {
    if (typeof at !== 'object' || at === null) return undefined;
    return (at as Record<PropertyKey, unknown>)[part];
  }, value);
}

/** What an issue says that it expected, as the X of the sentence. */
function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? `a value of type ${issue.expected}`;
    case 'invalid_value':
      return listOf(issue.values.map((value) => JSON.stringify(value)));
    case 'invalid_union':
      return listOf(issue.errors.flatMap((issues) => issues.slice(0, 1).map(expectationOf)));
    case 'too_small':
      return expectedSize(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return expectedSize(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `a text that matches ${issue.pattern}` : `a text in the format ${issue.format}`;
    default:
      return 'a valid value';
  }
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a finite number',
  object: 'an object',
  string: 'a text',
  Uint8Array: 'bytes',
};

function expectedSize(origin: string, comparison: string, size: number | bigint): string {
  if (origin === 'string') return `a text of ${comparison} ${size} characters`;
  if (origin === 'array') return `a list of ${comparison} ${size} values`;
  return `a number of ${comparison} ${size}`;
}

function listOf(alternatives: readonly string[]): string {
  if (alternatives.length < 2) return alternatives.join('');
  return `${alternatives.slice(0, -1).join(', ')} or ${alternatives.at(-1)}`;
}
