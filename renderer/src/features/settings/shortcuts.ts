/** Every key of the window, in the order in which it is looked for. */
export const shortcuts = [
  { keys: ['1', '2', '3', '4'], name: 'solo' },
  { keys: ['W'], name: 'wipe' },
  { keys: ['D'], name: 'difference' },
  { keys: ['L'], name: 'loupe' },
  { keys: ['+', '-'], name: 'zoom' },
  { keys: ['0'], name: 'fit' },
  { keys: ['Z'], name: 'oneToOne' },
  { keys: ['X'], name: 'twoToOne' },
  { keys: ['←', '↑', '→', '↓'], name: 'pan' },
  { keys: ['Ctrl Z', 'Ctrl Y'], name: 'undo' },
  { keys: ['Ctrl V'], name: 'paste' },
] as const;

export type ShortcutName = (typeof shortcuts)[number]['name'];
