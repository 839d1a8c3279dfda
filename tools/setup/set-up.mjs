import { buildIfChanged } from './build.mjs';
import { installDependencies } from './dependencies.mjs';
import { engineNode, nodeVersionProblem } from './engine-node.mjs';
import { withLock } from './lock.mjs';
import { report } from './progress.mjs';
import { prepareTensorFlow } from './tensorflow.mjs';

/**
 * Makes a fresh clone ready to run, doing only what is not yet done: dependencies, the engine's Node, native
 * TensorFlow, the build. Nothing but Node's own modules is used before the dependencies are there.
 * @returns {Promise<{ node: string }>} the engine's Node binary
 * @throws {Error} with one paragraph that says what failed and what to do
 */
export async function setUp() {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem !== undefined) throw new Error(problem);
  return withLock(async () => {
    await installDependencies();
    const node = engineNode();
    await prepareTensorFlow(node);
    await buildIfChanged(node);
    report('Set-up is complete.');
    return { node };
  });
}

/**
 * Runs a command's main function; an error becomes its message alone and exit code 1.
 * @param {() => Promise<number>} main gives the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
