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

const firstCrop = 'first 512 x 512 of a JPEG of 24 MP, warm engine';
const settings = { mode: 'denoise', sigma: 'auto', quality: 50, strength: 100 } as const;

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
  const first = await warmEngine(await sampleFile(context.workFolder, 6000, 4000, 'jpeg'), data);
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
    { id: firstCrop, unit: 'ms', better: 'lower', run: () => timed(first.openAndRestore) },
  ];
  const warmUps = 1;
  const rounds = await Rounds.measure(cases, { rounds: context.short ? 5 : 15, warmUps, anchor: 'node -e 0' });
  await first.stop();
  modelsOwn = modelsOwn.slice(warmUps);
  const goals = [
    ['pellucid --help', 150],
    ['engine ready', 1500],
    ['denoise 512 x 512 PNG, cold process', 3000],
    [firstCrop, 1000],
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
    notes: [
      'The job itself: loading TensorFlow and the model, reading, computing and writing.',
      'The first part to see: decoding, the estimate of its noise, and 512 x 512 pixels denoised, as a picture.',
    ],
  };
}

/** An engine that has restored the photo once, for what the window asks it when a photo is dropped. */
async function warmEngine(
  path: string,
  env: Record<string, string>,
): Promise<{ openAndRestore: () => Promise<void>; stop: () => Promise<void> }> {
  const engine = createEngineClient({ env, enginePath: builtEngine });
  const openAndRestore = async (): Promise<void> => {
    const { imageId, width, height } = await engine.call('image.open', { source: { path } });
    const region = { left: (width - 512) >> 1, top: (height - 512) >> 1, width: 512, height: 512 };
    await engine.call('restore.crop', { imageId, settings, region });
    await engine.call('image.close', { imageId });
  };
  await openAndRestore();
  return { openAndRestore, stop: () => engine.stop() };
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
