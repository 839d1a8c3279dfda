import { runInForeground } from './setup/forward.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/**
 * `npm run test:offline [-- FILTER...]`: the tests in a network namespace that has nothing but loopback, so that
 * whatever would reach beyond this machine fails. Linux only; `unshare` and `ip` come with util-linux and iproute2.
 */
await runMain(async () => {
  await setUp();
  // Whoever is not the administrator becomes one inside to set loopback up, and then an ordinary user again: an
  // administrator may read every file, and some tests are about files that may not be read.
  const isAdministrator = process.geteuid?.() === 0;
  const again = isAdministrator ? '' : 'unshare --user --map-user=1000 --map-group=1000 ';
  const script = `ip link set lo up && exec ${again}"$@"`;
  const tests = [process.execPath, 'tools/test.mjs', ...process.argv.slice(2)];
  return runInForeground('unshare', [isAdministrator ? '-n' : '-rn', 'sh', '-c', script, 'sh', ...tests]);
});
