import type { EngineInfo, ModelSummary } from '../../shared/contract.ts';
import { exitCodes } from '../exit-codes.ts';
import { byteSize, Output, table } from '../output.ts';
import { withEngine } from '../with-engine.ts';

/** Shows what Pellucid runs on and what is wrong with it; exit code 1 where something is. */
export async function doctor({ json }: { json: boolean }): Promise<void> {
  const output = new Output(json);
  await withEngine(output, async ({ engine }) => {
    const info = await engine.call('engine.info', {});
    const models = await engine.call('models.list', {});
    const problems = problemsOf(info, models);
    output.result({ ...info, models: models.map(({ id }) => id), problems }, table(rowsOf(info, models)));
    for (const problem of problems) output.note(`Problem: ${problem}`);
    if (problems.length > 0) process.exitCode = exitCodes.failed;
    else output.note('All is well.');
  });
}

function rowsOf(info: EngineInfo, models: readonly ModelSummary[]): string[][] {
  const version = info.tensorflowVersion === null ? '' : ` ${info.tensorflowVersion}`;
  return [
    ['Pellucid', info.pellucidVersion],
    ['engine', `Node ${info.nodeVersion}`],
    ['backend', `${info.backend === 'tensorflow' ? 'native TensorFlow' : 'WebAssembly'}${version}`],
    ['numbers', numbersOf(info)],
    ['processor', `${info.cpuModel}, ${info.threads} of ${info.cores} threads`],
    ['features', info.cpuFeatures.join(' ') || 'not known'],
    [
      'memory',
      `${byteSize(info.memoryFreeBytes)} free of ${byteSize(info.memoryTotalBytes)}, engine uses ${byteSize(info.residentBytes)}`,
    ],
    ['pictures', `sharp ${info.sharpVersion}, libvips ${info.libvipsVersion}`],
    ['reads', info.inputFormats.join(', ')],
    ['writes', info.outputFormats.join(', ')],
    ['models', models.map(({ id, isDefault }) => (isDefault ? `${id} (default)` : id)).join(', ') || 'none'],
    ['data', info.dataFolder],
  ];
}

/** The number type, and why it is this one. */
function numbersOf({ backend, computeType, computeChoice, bfloat16Ratio }: EngineInfo): string {
  if (backend === 'wasm') return `${computeType}, the only one that WebAssembly has`;
  const why = computeChoice === 'auto' ? 'the faster one here' : 'chosen';
  const measured =
    bfloat16Ratio === null ? '' : `; bfloat16 takes ${Math.round(100 * bfloat16Ratio)} % of the time of float32`;
  return `${computeType}, ${why}${measured}`;
}

function problemsOf(info: EngineInfo, models: readonly ModelSummary[]): string[] {
  const problems: string[] = [];
  if (info.backend !== 'tensorflow') {
    problems.push(
      'Native TensorFlow is not there, so restoring is slow and training is not possible. Run "node tools/setup.mjs --retry".',
    );
  }
  for (const kind of ['denoiser', 'codec'] as const) {
    if (!models.some((model) => model.kind === kind))
      problems.push(`There is no ${kind}. Install Pellucid again, or train one.`);
  }
  return problems;
}
