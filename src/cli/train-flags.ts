import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { TrainingOptions } from '../shared/train-options.ts';
import { decimal, numberList, oneOf, wholeNumber } from './option-values.ts';

/** Form of the value, what it is for, and how it is read. */
type Flag = readonly [string, string, (text: string) => unknown];

const factor = decimal(0, 1e6);
const part = decimal(0, 1);
const pixels = wholeNumber(4, 512);

/** One flag for each option of a training; a field that is missing here does not compile. */
const flags: Readonly<Record<keyof TrainingOptions, Flag>> = {
  width: ['<pixels>', 'size of the pictures of dense and variational', pixels],
  height: ['<pixels>', 'as --width, which it equals where it is absent', pixels],
  channels: ['<1|3>', 'grey or colour, of dense and variational', oneOf([1, 3])],
  longSide: ['<pixels>', 'make photos smaller first, of denoiser and codec', wholeNumber(32, 16_384)],
  flips: ['<yes|no>', 'mirror training pictures at random', yesOrNo],
  rotations: ['<yes|no>', 'turn training pictures at random', yesOrNo],
  hidden: ['<list>', 'units of the hidden layers of dense, with commas', numberList(1, 8192)],
  bottleneck: ['<number>', 'length of the code of dense and variational', wholeNumber(1, 4096)],
  widths: ['<list>', 'channels at each scale of denoiser and variational', numberList(1, 1024)],
  loss: ['<name>', 'mse, mae, charbonnier, binaryCrossEntropy or msSsim', name],
  msSsimWeight: ['<0-1>', 'part of MS-SSIM in the loss msSsim', part],
  klWeight: ['<number>', 'factor on the divergence of variational', factor],
  klWarmUpSteps: ['<steps>', 'over which that factor rises from 0', wholeNumber(0)],
  optimiser: ['<name>', 'adam, adamw, adadelta or sgd', name],
  momentum: ['<0-1>', 'of sgd', decimal(0, 0.9999)],
  weightDecay: ['<number>', 'of adamw', factor],
  schedule: ['<name>', 'cosine or constant', name],
  warmUpSteps: ['<steps>', 'over which the learning rate rises from 0', wholeNumber(0)],
  clipNorm: ['<number>', 'largest norm of the gradients; 0 does not clip', factor],
  averageDecay: ['<0-1>', 'of the moving average of the weights; 0 is none', decimal(0, 0.99999)],
  initialiser: ['<name>', 'he or glorot, of dense', name],
  l1: ['<number>', 'factor on absolute weights', factor],
  l2: ['<number>', 'factor on squared weights', factor],
  sparsity: ['<number>', 'factor on activations of the bottleneck', factor],
  dropout: ['<0-1>', 'part of hidden activations that is left out', decimal(0, 0.95)],
  supervision: ['<name>', 'clean, or noisyOnly: learn from noisy photos alone', name],
  degradations: ['<list>', 'gaussian, poissonGaussian, saltAndPepper, jpeg, camera', names],
  sigmaMin255: ['<0-100>', 'least Gaussian noise', decimal(0, 100)],
  sigmaMax255: ['<0-100>', 'most Gaussian noise', decimal(0, 100)],
  shotMax: ['<0-0.1>', 'most shot noise, of poissonGaussian and camera', decimal(0, 0.1)],
  readMax: ['<0-0.2>', 'most read noise, of poissonGaussian and camera', decimal(0, 0.2)],
  saltAndPepperMax: ['<0-1>', 'most samples that become black or white', part],
  jpegQualityMin: ['<1-95>', 'lowest quality, of jpeg and camera', wholeNumber(1, 95)],
};

/** Adds all of them under a heading of their own. */
export function addTrainingFlags(command: Command): void {
  command.optionsGroup("Of the training (default: the preset's own):");
  for (const [field, [form, help, read]] of Object.entries(flags)) {
    command.addOption(new Option(`--${flagOf(field)} ${form}`, help).argParser(read));
  }
}

/** Options of which several values would mean nothing, and those that are lists by themselves. */
const withoutLists = new Set(['minutes', 'steps', 'epochs', 'hidden', 'widths', 'degradations']);

/** Lets options that are read from text take several values with commas between them. */
export function allowLists(command: Command): void {
  for (const option of command.options) {
    const read = option.parseArg;
    if (read === undefined || withoutLists.has(option.attributeName())) continue;
    option.argParser((text, previous: unknown) =>
      text.includes(',') ? text.split(',').map((part) => read(part, previous)) : read(text, previous),
    );
  }
}

/** Which of a command's options have several values, by the name of the field that they set. */
export function listsAmong(options: Readonly<Record<string, unknown>>): { field: string; values: unknown[] }[] {
  return Object.entries(options).flatMap(([name, values]) => {
    if (!Array.isArray(values) || name === 'data' || withoutLists.has(name)) return [];
    const field = Object.keys(flags).find((each) => nameInCommander(each) === name) ?? name;
    return [{ field, values: values as unknown[] }];
  });
}

/** The options of a training among those of a command. The engine checks names of losses and the like. */
export function trainingOptionsOf(options: Readonly<Record<string, unknown>>): TrainingOptions {
  const fields = Object.keys(flags).map((field) => [field, options[nameInCommander(field)]]);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as TrainingOptions;
}

/** `klWarmUpSteps` as `kl-warm-up-steps`, `sigmaMin255` as `sigma-min`. */
function flagOf(field: string): string {
  return field.replace(/255$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Commander names options after their flags. */
function nameInCommander(field: string): string {
  return field.replace(/255$/, '');
}

function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new InvalidArgumentError('Expected yes or no.');
}

function name(text: string): string {
  return text;
}

function names(text: string): string[] {
  return text.split(',');
}
