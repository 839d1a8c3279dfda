/** What the browser keeps for this app, as JSON; the fallback where it keeps nothing or something else. */
export function readStored<Value>(item: string, isValue: (value: unknown) => value is Value, fallback: Value): Value {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(item) ?? 'null');
    return isValue(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

/** Keeps a value; a browser that keeps nothing still shows the window. */
export function store(item: string, value: unknown): void {
  try {
    localStorage.setItem(item, JSON.stringify(value));
  } catch {
    return;
  }
}
