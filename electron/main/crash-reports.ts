import { app, crashReporter } from 'electron';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const mostReports = 5;

/**
 * Keeps reports of crashes of Electron's own processes in the app's folder, the newest few of them, and sends them
 * nowhere. Must run before the app is ready.
 */
export function keepCrashReports(): void {
  const folder = path.join(app.getPath('userData'), 'crash-reports');
  app.setPath('crashDumps', folder);
  crashReporter.start({ uploadToServer: false });
  forgetOldReports(folder);
}

function forgetOldReports(folder: string): void {
  try {
    const reports = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.dmp'))
      .map((name) => path.join(folder, name))
      .map((file) => ({ file, time: statSync(file).mtimeMs }))
      .toSorted((one, other) => other.time - one.time);
    for (const { file } of reports.slice(mostReports)) rmSync(file, { force: true });
  } catch {
    // There are none yet, or another process is at work there.
  }
}
