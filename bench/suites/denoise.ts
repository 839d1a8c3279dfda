import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { denoiseGraph } from '../../src/ml/denoise/denoise-graph.ts';
import { macsPerPixel } from '../../src/ml/layers/network.ts';
import { fastestComputeType } from '../../src/ml/graph/compute-choice.ts';
import { processFile } from '../../src/engine/operations/process-file.ts';
import { BareGraph } from '../harness/bare-graph.ts';
import { bundledModel, bundledModels } from '../harness/bundled-models.ts';
import { convolutionPeak } from '../harness/convolution.ts';
import { peerCases, startPeer } from '../harness/peer-inference.ts';
import type { PeerGraph } from '../harness/peer-inference.ts';
import type { Peer } from '../harness/peers.ts';
import { sampleFile, samplePixels } from '../harness/pictures.ts';
import type { SuiteContext, SuiteResult } from '../harness/report.ts';
import { roofline } from '../harness/roofline.ts';
import { tileHandling } from '../harness/tile-handling.ts';
import { Rounds, timed } from '../harness/rounds.ts';
import type { Case } from '../harness/rounds.ts';

/** The tile that is compared with the peers: the size of a Kodak photo. */
const tile = { width: 768, height: 512 };
const sigma255 = 25;
const pixelsOfTile = tile.width * tile.height;

/** The denoiser: arithmetic against peers and peak, and whole files against the arithmetic. */
export async function denoiseSuite(context: SuiteContext): Promise<SuiteResult> {
  const { model, architecture } = await bundledModel('denoiser');
  const notes: string[] = [];
  const parts = { modelId: model.manifest.id, network: architecture.network, weights: model.weights };
  const { data } = await samplePixels(tile.width, tile.height);
  const photo = Float32Array.from(data, (value) => value / 255);
  const level = Float32Array.of(sigma255 / 255);
  const inputs = { photo: { floats: photo }, level: { floats: level } };
  const float = await BareGraph.load(denoiseGraph(parts, tile.height, tile.width), 'denoise', inputs);
  const half = await BareGraph.load(denoiseGraph(parts, tile.height, tile.width, 'bfloat16'), 'denoise', inputs);
  const peaks = [await convolutionPeak('float32'), await convolutionPeak('bfloat16')] as const;
  const peer = await startPeer(context, notes);
  try {
    const graph: PeerGraph = {
      network: 'denoise',
      description: architecture.network,
      weights: model.weights,
      inputs: [
        { values: photo, shape: [1, tile.height, tile.width, 3] },
        { values: level, shape: [1] },
      ],
      expected: float.output('clean'),
    };
    const cases = [
      peaks[0].asCase('convolution float32'),
      { ...peaks[1].asCase('convolution bfloat16'), about: 'machine' as const },
      float.asCase('tile float32'),
      half.asCase('tile bfloat16'),
      ...(await peerCases(peer, 'tile', graph, context, notes)),
      ...(await fileCase(context)),
      tileHandling(),
    ];
    const options = { rounds: context.short ? 7 : 21, warmUps: 2, anchor: 'convolution float32' };
    const rounds = await Rounds.measure(cases, options);
    const macs = macsPerPixel(architecture.network) * pixelsOfTile;
    notes.push(`${(macsPerPixel(architecture.network) / 1000).toFixed(1)} kMAC per pixel.`);
    const type = await fastestComputeType();
    const others = await nonLocalMeans(context, peer);
    return {
      suite: 'denoise',
      measures: [...rounds.measures(), ...(others?.measures() ?? [])],
      ratios: [
        ...rounds.ratio('tile float32 / PyTorch float32', 'tile float32', 'tile: PyTorch float32', 0.9),
        ...rounds.ratio('tile float32 / ONNX Runtime float32', 'tile float32', 'tile: ONNX Runtime float32', 1),
        ...rounds.ratio('tile bfloat16 / ONNX Runtime float32', 'tile bfloat16', 'tile: ONNX Runtime float32', 0.55),
        ...rounds.ratio('tile bfloat16 / PyTorch bfloat16', 'tile bfloat16', 'tile: PyTorch bfloat16', 1),
        // The file is done in the type that is the faster one here.
        ...rounds.ratio(`file / tile ${type}, per pixel`, 'file to file', perMegapixel(rounds, `tile ${type}`), 1.1),
        ...roofline(rounds, 'tile float32', macs, 'convolution float32'),
        ...roofline(rounds, 'tile bfloat16', macs, 'convolution bfloat16'),
      ],
      notes,
    };
  } finally {
    peer?.end();
    for (const each of [float, half, ...peaks]) each.dispose();
  }
}

function perMegapixel(rounds: Rounds, id: string): number[] {
  return rounds.samplesOf(id).map((ms) => ms / (pixelsOfTile / 1e6));
}

/** A photo from its file to the denoised file, all that the engine does: per megapixel. */
async function fileCase({ short, workFolder }: SuiteContext): Promise<Case[]> {
  const [width, height] = short ? [2048, 1536] : [4256, 2848];
  const input = await sampleFile(workFolder, width, height, 'jpeg');
  const models = bundledModels(workFolder);
  const run = async (): Promise<number> => {
    const ms = await timed(() =>
      processFile(
        {
          operation: 'denoise',
          input,
          outDir: join(workFolder, 'out'),
          settings: { mode: 'denoise', sigma: sigma255, quality: 50, strength: 100 },
          encoding: { format: 'same', metadata: 'keep' },
          overwrite: true,
        },
        models,
        {},
      ),
    );
    return ms / ((width * height) / 1e6);
  };
  return [{ id: 'file to file', unit: 'ms/MP', better: 'lower', run }];
}

/** OpenCV's non-local means on the tile: what one finds first when one looks for a denoiser. */
async function nonLocalMeans({ workFolder }: SuiteContext, peer: Peer | undefined): Promise<Rounds | undefined> {
  if (peer === undefined) return undefined;
  const { data, width, height } = await samplePixels(tile.width, tile.height);
  const file = join(workFolder, 'tile.bin');
  await writeFile(file, data);
  const id = 'tile: OpenCV fastNlMeansDenoisingColored';
  const request = { kind: 'opencv', file, shape: [height, width, 3], sigma255 };
  return Rounds.measure([await peer.prepare(id, request)], { rounds: 3, warmUps: 0 });
}
