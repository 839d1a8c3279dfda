import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEntropyTables } from '../../src/codec/entropy-tables.ts';
import { decodeStrips, encodeStrips } from '../../src/codec/latent-threads.ts';
import { prepareTables } from '../../src/codec/prepared-tables.ts';
import { readPel } from '../../src/codec/read-pel.ts';
import { processFile } from '../../src/engine/operations/process-file.ts';
import type { Models } from '../../src/engine/operations/models.ts';
import { readPhoto } from '../../src/image/read-photo.ts';
import { encodePhoto } from '../../src/image/encode-photo.ts';
import { analysisGraph, synthesisGraph, weightsNamed } from '../../src/ml/compress/codec-graphs.ts';
import { fastestComputeType } from '../../src/ml/graph/compute-choice.ts';
import type { ComputeType } from '../../src/ml/graph/compute-type.ts';
import { macsPerPixel } from '../../src/ml/layers/network.ts';
import { gainsAt } from '../../src/ml/quantise/quality.ts';
import type { Operation } from '../../src/shared/params.ts';
import { BareGraph } from '../harness/bare-graph.ts';
import { bundledModel, bundledModels } from '../harness/bundled-models.ts';
import { convolutionPeak } from '../harness/convolution.ts';
import { peerCases, startPeer } from '../harness/peer-inference.ts';
import { sampleFile, samplePixels } from '../harness/pictures.ts';
import type { Ratio, SuiteContext, SuiteResult } from '../harness/report.ts';
import { roofline } from '../harness/roofline.ts';
import { Rounds, timed } from '../harness/rounds.ts';
import type { Case } from '../harness/rounds.ts';

const tile = { width: 768, height: 512 };
const sigma255 = 15;
const quality = 50;
/** Part of the codec's time that the entropy coder may take. */
const entropyGoal = 0.1;

type Bundled = Awaited<ReturnType<typeof bundledModel<'codec'>>>;

/** Both halves of the codec against peers and peak, the entropy coder, whole files, and sharp's own formats. */
export async function codecSuite(context: SuiteContext): Promise<SuiteResult> {
  const bundled = await bundledModel('codec');
  const { analysis, synthesis, stride } = bundled.architecture;
  const notes: string[] = [];
  const halves = await bareHalves(bundled);
  const peak = await convolutionPeak('float32');
  const peer = await startPeer(context, notes);
  try {
    const { weights } = bundled.model;
    const analysed = { network: 'analyse', description: analysis, weights, prefix: 'analysis/' } as const;
    const synthesised = { network: 'synthesise', description: synthesis, weights, prefix: 'synthesis/' } as const;
    const models = bundledModels(context.workFolder);
    const cases: Case[] = [
      peak.asCase('convolution float32'),
      halves.analyse.asCase('analysis float32'),
      halves.analyseHalf.asCase('analysis bfloat16'),
      halves.synthesise.asCase('synthesis float32'),
      ...(await peerCases(peer, 'analysis', { ...analysed, ...halves.analysisPeer }, context, notes)),
      ...(await peerCases(peer, 'synthesis', { ...synthesised, ...halves.synthesisPeer }, context, notes)),
      ...(await fileCases(context, models)),
      ...(await sharpCases()),
    ];
    const options = { rounds: context.short ? 7 : 15, warmUps: 1, anchor: 'convolution float32' };
    const rounds = await Rounds.measure(cases, options);
    const pixels = tile.width * tile.height;
    const macs = {
      analysis: macsPerPixel(analysis) * pixels,
      synthesis: (macsPerPixel(synthesis) / stride ** 2) * pixels,
    };
    notes.push(
      `Analysis ${(macs.analysis / pixels / 1000).toFixed(1)}, synthesis ${(macs.synthesis / pixels / 1000).toFixed(1)} kMAC per pixel.`,
    );
    return {
      suite: 'codec',
      measures: rounds.measures(),
      ratios: [
        ...peerRatios(rounds),
        ...fileRatios(rounds, await fastestComputeType()),
        ...roofline(rounds, 'analysis float32', macs.analysis, 'convolution float32'),
        ...roofline(rounds, 'synthesis float32', macs.synthesis, 'convolution float32'),
      ],
      notes,
    };
  } finally {
    peer?.end();
    for (const each of [halves.analyse, halves.analyseHalf, halves.synthesise, peak]) each.dispose();
  }
}

async function bareHalves({ model, architecture }: Bundled) {
  const { latentChannels: channels, stride } = architecture;
  const parts = { ...architecture, weights: model.weights };
  const { data } = await samplePixels(tile.width, tile.height);
  const photo = Float32Array.from(data, (value) => value / 255);
  const level = Float32Array.of(sigma255 / 255);
  const inverse = gainsAt(weightsNamed(model.weights, 'gains/inverse'), channels, quality);
  const photoInputs = { photo: { floats: photo }, level: { floats: level } };
  const { width, height } = tile;
  const analyse = await BareGraph.load(analysisGraph(parts, height, width), 'analyse', photoInputs);
  const analyseHalf = await BareGraph.load(analysisGraph(parts, height, width, 'bfloat16'), 'analyse', photoInputs);
  const latent = analyse.output('latent');
  const [rows, columns] = [height / stride, width / stride];
  const integers = Int16Array.from(latent, Math.round);
  const planes = integers.map((_, index) => {
    const position = index % (rows * columns);
    return integers[position * channels + (index - position) / (rows * columns)] as number;
  });
  const latentInputs = { integers: { words: new Int32Array(planes.buffer) }, gains: { floats: inverse } };
  const synthesise = await BareGraph.load(synthesisGraph(parts, rows, columns), 'synthesise', latentInputs);
  return {
    analyse,
    analyseHalf,
    synthesise,
    analysisPeer: {
      inputs: [
        { values: photo, shape: [1, height, width, 3] },
        { values: level, shape: [1] },
      ],
      expected: latent,
    },
    synthesisPeer: {
      inputs: [
        { values: Float32Array.from(integers), shape: [1, rows, columns, channels] },
        { values: inverse, shape: [channels] },
      ],
      expected: synthesise.output('photo'),
    },
  };
}

function peerRatios(rounds: Rounds): Ratio[] {
  return ['analysis', 'synthesis'].flatMap((half) => [
    ...rounds.ratio(`${half} float32 / PyTorch float32`, `${half} float32`, `${half}: PyTorch float32`, 0.9),
    ...rounds.ratio(`${half} float32 / ONNX Runtime float32`, `${half} float32`, `${half}: ONNX Runtime float32`, 1),
  ]);
}

/** Whole files, from bytes on disk to bytes on disk, and the entropy coder on the integers of the same photo. */
async function fileCases({ short, workFolder }: SuiteContext, models: Models): Promise<Case[]> {
  const [width, height] = short ? [1536, 1024] : [4256, 2848];
  const megapixels = (width * height) / 1e6;
  const photo = await sampleFile(workFolder, width, height, 'jpeg');
  const outDir = join(workFolder, 'out');
  const work = async (operation: Operation, input: string): Promise<string> => {
    const { outputs } = await processFile(
      {
        operation,
        input,
        outDir,
        settings: { mode: 'codec', sigma: sigma255, quality, strength: 100 },
        encoding: { format: 'jpeg', metadata: 'keep' },
        overwrite: true,
      },
      models,
      {},
    );
    return outputs[0] ?? '';
  };
  const pel = await work('compress', photo);
  const file = readPel(await readFile(pel));
  const latent = await (await models.codecOf(file.header)).latentOf(file);
  const { entropyTables } = (await bundledModel('codec')).model.manifest;
  const tables = prepareTables(parseEntropyTables(entropyTables));
  const perMegapixel = (id: string, run: () => unknown): Case => ({
    id,
    unit: 'ms/MP',
    better: 'lower',
    run: async () => (await timed(run)) / megapixels,
  });
  return [
    perMegapixel('compress, file to file', () => work('compress', photo)),
    perMegapixel('decompress, file to file', () => work('decompress', pel)),
    perMegapixel('entropy encoding', () => encodeStrips(latent.values, latent, tables)),
    perMegapixel('entropy decoding', () => decodeStrips(file.strips, latent, tables)),
  ];
}

function fileRatios(rounds: Rounds, type: ComputeType): Ratio[] {
  const pixels = tile.width * tile.height;
  const bare = (id: string): number[] => rounds.samplesOf(id).map((ms) => ms / (pixels / 1e6));
  const both = sum(rounds.samplesOf('compress, file to file'), rounds.samplesOf('decompress, file to file'));
  const entropy = sum(rounds.samplesOf('entropy encoding'), rounds.samplesOf('entropy decoding'));
  return [
    ...rounds.ratio(`compress / analysis ${type}, per pixel`, 'compress, file to file', bare(`analysis ${type}`), 1.1),
    ...rounds.ratio(
      'decompress / synthesis float32, per pixel',
      'decompress, file to file',
      bare('synthesis float32'),
      1.1,
    ),
    ...rounds.ratio("entropy coding, part of the codec's time", entropy, both, entropyGoal),
  ];
}

function sum(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, index) => value + (b[index] as number));
}

/** Encoding and decoding of the same photo in the formats that one would use instead, at about the same quality. */
async function sharpCases(): Promise<Case[]> {
  const pixels = await samplePixels(tile.width, tile.height);
  const megapixels = (tile.width * tile.height) / 1e6;
  const cases: Case[] = [];
  for (const [format, formatQuality] of [
    ['jpeg', 80],
    ['webp', 75],
    ['avif', 50],
  ] as const) {
    const encode = (): Promise<Uint8Array> =>
      encodePhoto({ pixels, metadata: {} }, { format, metadata: 'strip', quality: formatQuality });
    const bytes = await encode();
    const perMegapixel = async (work: () => unknown): Promise<number> => (await timed(work)) / megapixels;
    cases.push(
      { id: `sharp ${format} encode`, unit: 'ms/MP', better: 'lower', about: 'peer', run: () => perMegapixel(encode) },
      {
        id: `sharp ${format} decode`,
        unit: 'ms/MP',
        better: 'lower',
        run: () => perMegapixel(() => readPhoto({ bytes, name: `tile.${format}` })),
      },
    );
  }
  return cases;
}
