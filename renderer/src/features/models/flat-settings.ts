/** A setting of a training: the names that lead to it, and its value as a word. */
export interface FlatSetting {
  path: readonly string[];
  value: string;
}

/** All settings of a training, those within others too, in their order. A list is one value. */
export function flatSettings(settings: unknown, path: readonly string[] = []): FlatSetting[] {
  if (settings === null || settings === undefined) return [];
  if (typeof settings !== 'object' || Array.isArray(settings)) return [{ path, value: wordOf(settings) }];
  return Object.entries(settings).flatMap(([name, value]) => flatSettings(value, [...path, name]));
}

function wordOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordOf).join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
