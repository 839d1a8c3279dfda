import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from '../shared/data-folder.ts';
import { machineSettingsName, parseMachineSettings, type MachineSettings } from '../shared/machine-settings.ts';

/**
 * What the person allows the engine, for its next start; Pellucid decides where nothing is kept.
 * @param env the environment of the engine, which can move the data folder
 */
export function readMachineSettings(env: Readonly<Record<string, string | undefined>>): MachineSettings {
  const folder = dataFolder(process.platform, env, homedir());
  try {
    return parseMachineSettings(readFileSync(join(folder, machineSettingsName), 'utf8'));
  } catch {
    return parseMachineSettings('');
  }
}
