import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngineClient } from '../../src/engine-client/engine-client.ts';
import { sampleFile } from '../harness/pictures.ts';
import type { SuiteContext, SuiteResult } from '../harness/report.ts';
import { Rounds, timed } from '../harness/rounds.ts';
import type { Case } from '../harness/rounds.ts';

const root = new URL('../../', import.meta.url);
const command = fileURLToPath(new URL('bin/pellucid', root));
const builtEngine = fileURLToPath(new URL('dist/src/engine/main.js', root));

/** How long one waits at the start: for help, for the engine, for the first denoised photo. */
export async function startSuite(context: SuiteContext): Promise<SuiteResult> {
  const photo = await sampleFile(context.workFolder, 512, 512, 'png');
  const data = { PELLUCID_DATA: join(context.workFolder, 'data') };
  let modelsOwn: number[] = [];
  const denoise = async (): Promise<number> => {
    const args = ['denoise', photo, '--out', join(context.workFolder, 'out'), '--overwrite', '--again', '--json'];
    const started = performance.now();
    const output = await run(args, data);
    const ms = performance.now() - started;
    const { seconds } = JSON.parse(output) as { seconds: number };
    modelsOwn.push(seconds * 1000);
    return ms;
  };
  const cases: Case[] = [
    {
      id: 'node -e 0',
      unit: 'ms',
      better: 'lower',
      run: () => timed(() => execute(process.execPath, ['-e', '0'], data)),
    },
    { id: 'pellucid --help', unit: 'ms', better: 'lower', run: () => timed(() => run(['--help'], data)) },
    { id: 'engine ready', unit: 'ms', better: 'lower', run: () => timed(() => engineReady(data)) },
    { id: 'denoise 512 x 512 PNG, cold process', unit: 'ms', better: 'lower', run: denoise },
  ];
  const warmUps = 1;
  const rounds = await Rounds.measure(cases, { rounds: context.short ? 5 : 15, warmUps });
  modelsOwn = modelsOwn.slice(warmUps);
  const goals = [
    ['pellucid --help', 150],
    ['engine ready', 1500],
    ['denoise 512 x 512 PNG, cold process', 3000],
  ] as const;
  return {
    suite: 'start',
    measures: rounds.measures(),
    ratios: [
      ...goals.flatMap(([id, limitMs]) =>
        rounds.ratio(
          `${id} / ${limitMs} ms`,
          id,
          rounds.samplesOf(id).map(() => limitMs),
          1,
        ),
      ),
      ...rounds.ratio('cold denoise, part that the job itself takes', modelsOwn, 'denoise 512 x 512 PNG, cold process'),
    ],
    notes: ['The job itself: loading TensorFlow and the model, reading, computing and writing.'],
  };
}

function run(args: readonly string[], env: Record<string, string>): Promise<string> {
  return execute(process.execPath, [command, ...args], env);
}

/** Runs a program to its end and gives its standard output. */
function execute(program: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${[program, ...args].join(' ')} ended with ${String(code)}.`));
    });
  });
}

async function engineReady(env: Record<string, string>): Promise<void> {
  const engine = createEngineClient({ env, enginePath: builtEngine });
  try {
    await new Promise<void>((resolve, reject) => {
      engine.onState(({ state, message }) => {
        if (state === 'ready') resolve();
        if (state === 'failed') reject(new Error(message));
      });
      engine.start();
    });
  } finally {
    await engine.stop();
  }
}
