/** What the person allows the engine of this computer; null where Pellucid decides. */
export interface MachineSettings {
  /** Cores that TensorFlow computes on, from the next start of the engine on. */
  threads: number | null;
  /** Memory of the engine's process, in bytes: it decides on the size of tiles and of photos. */
  memoryLimitBytes: number | null;
}

/** Name of the file in the data folder. */
export const machineSettingsName = 'machine.json';

/** Least number of bytes of a memory limit: the engine with a small photo. */
export const leastMemoryLimitBytes = 2 ** 30;

/** The settings from the text of the file; Pellucid decides where it holds something else. */
export function parseMachineSettings(text: string): MachineSettings {
  const { threads, memoryLimitBytes } = objectIn(text);
  return { threads: wholeFrom(1, threads), memoryLimitBytes: wholeFrom(leastMemoryLimitBytes, memoryLimitBytes) };
}

function objectIn(text: string): Partial<Record<keyof MachineSettings, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function wholeFrom(least: number, value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least ? value : null;
}
