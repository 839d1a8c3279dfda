import { readModelPackage } from '../../ml/store/model-package.ts';
import type { Installed } from '../../ml/store/model-store.ts';
import { AutoencoderEvaluation } from '../../ml/training/presets/autoencoder-evaluation.ts';
import type { ComparedFigures, ModelComparison } from '../../shared/contract.ts';
import { invalidArgument, PellucidError } from '../../shared/errors.ts';
import type { Pixels } from '../../shared/pixels.ts';

const batch = 128;

/** Loss and PSNR of two autoencoders of small pictures, as one row. Throws MODEL_HASH_MISMATCH, INVALID_ARGUMENT. */
export async function autoencoderRows(pair: {
  own: Installed;
  other: Installed;
  pictures: readonly Pixels[];
}): Promise<ModelComparison['rows']> {
  const own = await figuresOf(pair.own, pair.pictures);
  const other = await figuresOf(pair.other, pair.pictures);
  return [{ sigma255: 0, quality: null, own, other }];
}

async function figuresOf({ folder }: Installed, pictures: readonly Pixels[]): Promise<ComparedFigures> {
  const { manifest, weights } = await readModelPackage(folder);
  const { architecture, id } = manifest;
  if (architecture.kind !== 'dense' && architecture.kind !== 'variational')
    throw new PellucidError('MODEL_KIND_MISMATCH', `Model ${id} is a ${architecture.kind}, no autoencoder.`);
  const { width, height, channels } = architecture;
  const [first] = pictures;
  if (first?.width !== width || first.height !== height || first.channels !== channels) {
    const received = `${first?.width} x ${first?.height} x ${first?.channels}`;
    throw invalidArgument('pictures', `${width} x ${height} x ${channels}, which model ${id} takes,`, received);
  }
  const loss = { name: 'binaryCrossEntropy', msSsimWeight: 0 } as const;
  const evaluation = await AutoencoderEvaluation.create(architecture, weights, loss, batch);
  try {
    const { error, psnr, kl } = await evaluation.measure(joined(pictures));
    return { psnr, ssim: null, bpp: null, loss: error + kl / (width * height * channels) };
  } finally {
    evaluation.dispose();
  }
}

function joined(pictures: readonly Pixels[]): Uint8Array {
  const size = pictures[0]?.data.length ?? 0;
  const whole = new Uint8Array(pictures.length * size);
  pictures.forEach(({ data }, index) => whole.set(data, index * size));
  return whole;
}
