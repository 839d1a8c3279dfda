import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComputeType } from '../../src/ml/graph/compute-type.ts';
import { parametersOf } from '../../src/ml/layers/network.ts';
import { defaultDegradation } from '../../src/ml/degradation/in-graph.ts';
import { codecProgram } from '../../src/ml/training/presets/codec-program.ts';
import { denoiserProgram } from '../../src/ml/training/presets/denoiser-program.ts';
import { trainingSettings } from '../../src/ml/training/presets/settings.ts';
import type { TrainingDefaults } from '../../src/ml/training/presets/settings.ts';
import type { TrainingProgram } from '../../src/ml/training/program.ts';
import { TrainingSession } from '../../src/ml/training/training-session.ts';
import { bundledModel } from '../harness/bundled-models.ts';
import { convolutionPeak } from '../harness/convolution.ts';
import { exportNetwork } from '../harness/export-network.ts';
import { startPeer } from '../harness/peer-inference.ts';
import type { Peer } from '../harness/peers.ts';
import { samplePixels } from '../harness/pictures.ts';
import type { Ratio, SuiteContext, SuiteResult } from '../harness/report.ts';
import { Rounds } from '../harness/rounds.ts';
import type { Case } from '../harness/rounds.ts';
import { denseEpoch, loadedPeers, loadedStep, loadedTrainings } from '../harness/training-cases.ts';

const learningRate = 1e-4;
const shapes = { denoiser: { batch: 16, patch: 64 }, codec: { batch: 6, patch: 128 } } as const;

/** One training step of each preset at its own batch and patch, against PyTorch; trainings with their data beside it. */
export async function trainSuite(context: SuiteContext): Promise<SuiteResult> {
  const notes: string[] = [];
  const peak = await convolutionPeak('float32');
  const sessions = [
    await session(await denoiserStep(), 'denoiser step', 'float32'),
    await session(await denoiserStep(), 'denoiser step', 'bfloat16'),
    await session(await codecStep(), 'codec step', 'float32'),
    await session(await codecStep(), 'codec step', 'bfloat16'),
  ];
  const loaded = await loadedTrainings(context.workFolder);
  const peer = await startPeer(context, notes);
  try {
    const cases = [
      peak.asCase('convolution float32'),
      ...sessions.map((each) => each.case),
      ...loaded.cases,
      ...(peer === undefined ? [] : await peerSteps(peer, context)),
    ];
    const options = { rounds: context.short ? 9 : 25, warmUps: 2, anchor: 'convolution float32' };
    const rounds = await Rounds.measure(cases, options);
    return {
      suite: 'train',
      measures: rounds.measures(),
      ratios: [
        ...againstPyTorch(rounds, 'denoiser step', 'float32', 0.95),
        ...againstPyTorch(rounds, 'denoiser step', 'bfloat16', 1),
        ...againstPyTorch(rounds, 'codec step', 'float32', 1),
        ...againstPyTorch(rounds, 'codec step', 'bfloat16', 1),
        ...rounds.ratio(`${denseEpoch} / Keras`, denseEpoch, `${denseEpoch}: Keras`, 0.5),
        ...rounds.ratio(`${loadedStep} / PyTorch`, loadedStep, `${loadedStep}: PyTorch`, 0.95),
      ],
      notes,
    };
  } finally {
    peer?.end();
    loaded.dispose();
    for (const each of [peak, ...sessions.map((one) => one.session)]) each.dispose();
  }
}

function againstPyTorch(rounds: Rounds, step: string, type: ComputeType, goal: number): Ratio[] {
  const [ours, peer] = [`${step} ${type}`, `${step}: PyTorch ${type}`];
  return rounds.ratio(`${ours} / PyTorch ${type}`, ours, peer, goal);
}

/** What the preset chooses. */
const defaults: TrainingDefaults = {
  optimiser: 'adam',
  schedule: { kind: 'cosine', warmUpSteps: 200 },
  clipNorm: 1,
  averageDecay: 0.998,
};

/** Patches of the sample photo, [batch, patch, patch, 3]. */
async function patches({ batch, patch }: { batch: number; patch: number }): Promise<Uint8Array> {
  const { data } = await samplePixels(patch, batch * patch);
  return data as Uint8Array;
}

async function session(
  program: TrainingProgram,
  name: string,
  type: ComputeType,
): Promise<{ session: TrainingSession; case: Case }> {
  const trained = await TrainingSession.create(program, type);
  const photos = await patches(program);
  let step = 0;
  const run = (): number => {
    step += 1;
    const started = performance.now();
    trained.step(step, photos, [step, 0], learningRate);
    return performance.now() - started;
  };
  return { session: trained, case: { id: `${name} ${type}`, unit: 'ms', better: 'lower', run } };
}

async function denoiserStep(): Promise<TrainingProgram> {
  const { model, architecture } = await bundledModel('denoiser');
  const { network } = architecture;
  return denoiserProgram({
    network,
    weights: model.weights,
    ...shapes.denoiser,
    ...trainingSettings({}, defaults, learningRate),
    loss: { name: 'mae', msSsimWeight: 0 },
    dropout: 0,
    supervision: { kind: 'clean', degradation: defaultDegradation },
  });
}

/** Everything is trained, also the layers that the preset takes from a denoiser, so that both do the same work. */
async function codecStep(): Promise<TrainingProgram> {
  const { model, architecture } = await bundledModel('codec');
  const { weights } = model;
  const own = new Set([
    ...parametersOf(architecture.analysis).map(({ fullName }) => `analysis/${fullName}`),
    ...parametersOf(architecture.synthesis).map(({ fullName }) => `synthesis/${fullName}`),
  ]);
  const [group] = model.manifest.weightsManifest;
  const extra = group.weights
    .filter(({ name }) => !own.has(name))
    .map(({ name, shape }) => ({ name, shape, initial: weights.get(name) ?? new Float32Array(), rate: 1 }));
  return codecProgram({
    fresh: new Set(),
    ...architecture,
    weights,
    extra,
    denoiserRate: 1,
    seed: 1,
    ...shapes.codec,
    learningRate,
    maxSigma255: 55,
  });
}

async function peerSteps(peer: Peer, { workFolder }: SuiteContext): Promise<Case[]> {
  const denoiser = await bundledModel('denoiser');
  const codec = await bundledModel('codec');
  const folders = {
    denoiser: join(workFolder, 'denoiser'),
    analysis: join(workFolder, 'a'),
    synthesis: join(workFolder, 's'),
  };
  await exportNetwork(folders.denoiser, denoiser.architecture.network, denoiser.model.weights);
  await exportNetwork(folders.analysis, codec.architecture.analysis, codec.model.weights, 'analysis/');
  await exportNetwork(folders.synthesis, codec.architecture.synthesis, codec.model.weights, 'synthesis/');
  const cases: Case[] = [];
  for (const preset of ['denoiser', 'codec'] as const) {
    const { batch, patch } = shapes[preset];
    const photos = join(workFolder, `${preset}-photos.bin`);
    await writeFile(photos, await patches(shapes[preset]));
    for (const dtype of ['float32', 'bfloat16']) {
      const { latentChannels, qualityAnchors } = codec.architecture;
      const request = {
        kind: 'training',
        preset,
        dtype,
        photos,
        shape: [batch, patch, patch, 3],
        learningRate,
        folder: folders.denoiser,
        analysis: folders.analysis,
        synthesis: folders.synthesis,
        latentChannels,
        qualityAnchors,
        trainsDenoiser: true,
      };
      cases.push(await peer.prepare(`${preset} step: PyTorch ${dtype}`, request));
    }
  }
  return [...cases, ...(await loadedPeers(peer, workFolder, folders.denoiser))];
}
