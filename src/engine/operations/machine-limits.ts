import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSynced } from '../../ml/store/model-package.ts';
import { toPellucidError } from '../../shared/errors.ts';
import { machineSettingsName, parseMachineSettings, type MachineSettings } from '../../shared/machine-settings.ts';
import { setMemoryLimit } from '../../shared/memory-limit.ts';

/** What the person allows, which may be more or less than this process was started with. */
export async function readMachineLimits(dataFolder: string): Promise<MachineSettings> {
  return parseMachineSettings(await readFile(join(dataFolder, machineSettingsName), 'utf8').catch(() => ''));
}

/** One writer at a time, in the order of the calls. */
let writing: Promise<void> = Promise.resolve();

/**
 * Keeps what the person allows. The memory limit counts at once; the threads are those of TensorFlow's start.
 * @throws {PellucidError} DISK_FULL, PERMISSION_DENIED, ... where it cannot be kept
 */
export async function keepMachineLimits(dataFolder: string, settings: MachineSettings): Promise<void> {
  const written = writing.then(() => write(dataFolder, settings));
  writing = written.catch(() => undefined);
  await written;
  setMemoryLimit(settings.memoryLimitBytes);
}

async function write(dataFolder: string, settings: MachineSettings): Promise<void> {
  const file = join(dataFolder, machineSettingsName);
  const temporary = `${file}.${process.pid}.part`;
  try {
    await mkdir(dataFolder, { recursive: true });
    await writeSynced(temporary, Buffer.from(`${JSON.stringify(settings)}\n`));
    await rename(temporary, file);
  } catch (error) {
    throw toPellucidError(error, file);
  }
}

/** Takes over the limit that the process was started with. */
export function applyMemoryLimitOfStart(): void {
  const bytes = Number(process.env['PELLUCID_MEMORY_LIMIT']);
  setMemoryLimit(Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null);
}
