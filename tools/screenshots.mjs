import path from 'node:path';
import { prepareBrowser } from './setup/browser.mjs';
import { runCommand } from './setup/command.mjs';
import { runInForeground } from './setup/forward.mjs';
import { root } from './setup/paths.mjs';
import { report } from './setup/progress.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/** `npm run screenshots`: sets up, and takes the pictures of the user guide anew from the real app. */
await runMain(async () => {
  const { node } = await setUp();
  const found = await prepareBrowser(node);
  if ('problem' in found) {
    report(`No screenshots were taken. ${found.problem}`);
    return 1;
  }
  // Only fontconfig can be asked; elsewhere the system brings such fonts along.
  const fonts = await runCommand('fc-list', [':lang=zh']);
  if (fonts.ok && fonts.output.trim() === '') {
    report('No screenshots were taken: no font here has Chinese letters. Install one, such as fonts-noto-cjk.');
    return 1;
  }
  const script = path.join(root, 'tests', 'e2e', 'take-screenshots.ts');
  return runInForeground(node, [script, ...process.argv.slice(2)], { PELLUCID_BROWSER: found.browser });
});
