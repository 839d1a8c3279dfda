import { spawn } from 'node:child_process';

/** The program of a platform that opens an address in the person's browser, or undefined where there is no display. */
export function browserCommand(
  platform: string,
  env: Readonly<Record<string, string | undefined>>,
  address: string,
): [command: string, ...args: string[]] | undefined {
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', address];
  if (platform === 'darwin') return ['open', address];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', address] : undefined;
}

/** Opens an address in the person's browser where that is possible; the address is printed in any case. */
export function openBrowser(address: string): void {
  const [command, ...args] = browserCommand(process.platform, process.env, address) ?? [];
  if (command === undefined) return;
  const browser = spawn(command, args, { detached: true, stdio: 'ignore' });
  browser.on('error', () => undefined);
  browser.unref();
}
