import { runInForeground } from './setup/forward.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/**
 * `npm run test:offline [-- FILTER...]`: the tests in a network namespace that has nothing but loopback, so that
 * whatever would reach beyond this machine fails. Linux only; `unshare` and `ip` come with util-linux and iproute2.
 */
await runMain(async () => {
  await setUp();
  const script = 'ip link set lo up && exec "$@"';
  const tests = [process.execPath, 'tools/test.mjs', ...process.argv.slice(2)];
  return runInForeground('unshare', ['-rn', 'sh', '-c', script, 'sh', ...tests]);
});
