import path from 'node:path';

/** The files and folders that the person has handed to the window: dropped, chosen in a dialog, or opened with it. */
export interface AllowedPaths {
  /** Adds one. Paths that are not absolute are left out: what they mean depends on the process. */
  add(file: string): void;
  /** True for what was added, and for everything inside a folder that was added. */
  covers(file: unknown): boolean;
}

export function createAllowedPaths(): AllowedPaths {
  const allowed = new Set<string>();
  return {
    add(file) {
      if (path.isAbsolute(file) && !file.includes('\0')) allowed.add(path.resolve(file));
    },
    covers(file) {
      if (typeof file !== 'string' || !path.isAbsolute(file) || file.includes('\0')) return false;
      let at = path.resolve(file);
      while (!allowed.has(at)) {
        const parent = path.dirname(at);
        if (parent === at) return false;
        at = parent;
      }
      return true;
    },
  };
}
