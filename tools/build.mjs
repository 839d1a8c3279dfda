import { buildIfChanged } from './setup/build.mjs';
import { engineNode } from './setup/engine-node.mjs';
import { runMain } from './setup/set-up.mjs';

/** `npm run build`: builds `dist` where the sources have changed since the last time. */
await runMain(async () => {
  await buildIfChanged(engineNode());
  return 0;
});
