import type { z } from 'zod';
import { paramSchemas, type CallName, type Params } from '../../src/shared/params.ts';

/** Texts to take in place of those that a call expects. */
export interface HostileTexts {
  /** For fields that name something of the engine's own: a model, a run, an item, a name to give. */
  names: readonly string[];
  /** For fields that name files and folders. */
  paths: readonly string[];
}

const pathFields = ['path', 'paths', 'data', 'input', 'outDir', 'folder', 'runDir', 'source', 'pel'];
const callNames = Object.keys(paramSchemas) as CallName[];

/**
 * Calls of the right shape with wrong intent: of every schema, all its alternatives and limits, with hostile texts
 * where it takes text. Most of them pass the door, so that the code behind it has to hold.
 * @param random gives numbers 0..1
 */
export function* hostileCalls(
  count: number,
  random: () => number,
  texts: HostileTexts,
): Generator<{ name: CallName; params: Params<CallName> }> {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

  const value = (schema: z.core.$ZodType, field: string): unknown => {
    const { def } = schema._zod as { def: z.core.$ZodTypes['_zod']['def'] };
    switch (def.type) {
      case 'object':
        return Object.fromEntries(Object.entries(def.shape).map(([name, inner]) => [name, value(inner, name)]));
      case 'array':
        return Array.from({ length: 1 + Math.floor(random() * 3) }, () => value(def.element, field));
      case 'union':
        return value(pick(def.options), field);
      case 'optional':
        return random() < 0.6 ? undefined : value(def.innerType, field);
      case 'nullable':
        return random() < 0.5 ? null : value(def.innerType, field);
      case 'literal':
        return pick(def.values);
      case 'enum':
        return pick(Object.values(def.entries));
      case 'boolean':
        return random() < 0.5;
      case 'number':
        return number(schema);
      case 'custom':
        return Uint8Array.from({ length: Math.floor(random() * 64) }, () => random() * 256);
      case 'string':
        return pick(pathFields.includes(field) ? texts.paths : texts.names);
      default:
        throw new Error(`Hostile values of type ${def.type} are not known yet. Add them here.`);
    }
  };
  /** At either limit of what is allowed, or between. */
  const number = (schema: z.core.$ZodType): number => {
    const { minimum = -1e9, maximum = 1e9 } = schema._zod.bag as { minimum?: number; maximum?: number };
    return pick([minimum, maximum, Math.floor(Math.min(maximum, minimum + random() * 100)), 1, 0]);
  };
  for (let at = 0; at < count; at++) {
    const name = pick(callNames);
    yield { name, params: value(paramSchemas[name], '') as Params<CallName> };
  }
}
