import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { billOfMaterials } from './packaging/bill-of-materials.mjs';
import { shippedPackages } from './packaging/stage-engine.mjs';
import { root } from './setup/paths.mjs';
import { report } from './setup/progress.mjs';
import { runMain, setUp } from './setup/set-up.mjs';

/** `npm run sbom`: writes `out/sbom.cdx.json`, the bill of materials that a package for this platform would hold. */
await runMain(async () => {
  await setUp();
  const bill = await billOfMaterials(await shippedPackages());
  const file = path.join(root, 'out', 'sbom.cdx.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(bill, null, 1));
  report(`${bill.components.length} components are listed in ${path.relative(root, file)}.`);
  return 0;
});
