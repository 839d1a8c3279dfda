import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { BatchJob, Operation, OutputFormat } from '../shared/params.ts';
import { decimal, oneOf, sigmaValue, sizeInBytes, wholeNumber } from './option-values.ts';

/** What is to be done to photos, as commander gives the options of the commands that work on files. */
export interface JobOptions {
  out: string;
  model?: string;
  metadata: 'keep' | 'strip-gps' | 'strip';
  name: string;
  overwrite: boolean;
  skipExisting: boolean;
  skipLarger: boolean;
  again: boolean;
  keepDates: boolean;
  maxPixels?: number;
  format?: OutputFormat;
  formatQuality?: number;
  bitDepth?: 8 | 10 | 12 | 16;
  chroma?: '444' | '420';
  lossless?: boolean;
  onWhite?: boolean;
  sigma?: 'auto' | number;
  quality?: number;
  maxBytes?: number;
  minPsnr?: number;
  strength?: number;
  texture?: number;
  bestQuality?: boolean;
}

/** The job for the engine that the options ask for. */
export function jobOf(operation: Operation, options: JobOptions): BatchJob {
  const { model, sigma = 'auto', quality = 50, strength = 100, texture, bestQuality } = options;
  const { format = 'same', formatQuality, bitDepth, chroma, lossless, onWhite, metadata } = options;
  const transparency = onWhite === true ? 'white' : undefined;
  return {
    operation,
    settings: {
      mode: operation === 'denoise' ? 'denoise' : 'codec',
      modelId: model,
      sigma,
      quality,
      strength,
      texture,
      bestQuality,
      target: targetOf(options),
    },
    encoding: { format, formatQuality, bitDepth, chroma, lossless, transparency, metadata },
    output: {
      folder: resolve(options.out),
      template: options.name,
      existing: options.overwrite ? 'overwrite' : options.skipExisting ? 'skip' : 'rename',
      skipLarger: options.skipLarger,
      again: options.again,
      keepDates: options.keepDates,
    },
    maxPixels: options.maxPixels,
  };
}

function targetOf({ maxBytes, minPsnr }: JobOptions): BatchJob['settings']['target'] {
  if (maxBytes !== undefined) return { maxBytes };
  return minPsnr === undefined ? undefined : { minPsnr };
}

/** Gives a command the options that the operation has. */
export function addJobOptions(command: Command, operation: Operation): void {
  command
    .requiredOption('-o, --out <folder>', 'folder for the results; the folders inside a folder are kept below it')
    .option('-m, --model <id>', 'model to use (default: the bundled one)')
    .addOption(new Option('--metadata <what>', 'what is kept').choices(['keep', 'strip-gps', 'strip']).default('keep'))
    .option('--name <template>', 'of the results, from {name}, {model}, {sigma}, {counter}, {ext}', '{name}.{ext}')
    .addOption(
      new Option('--overwrite', 'replace files that are there; otherwise a free name is taken')
        .default(false)
        .conflicts('skipExisting'),
    )
    .option('--skip-existing', 'pass over photos whose result has the name of a file that is there', false)
    .option('--skip-larger', 'write nothing where the result has more bytes than the photo', false)
    .option('--again', 'do again what was done with the same settings, and results of Pellucid itself', false)
    .option('--no-keep-dates', 'give the results the present time, not that of their photos')
    .option('--max-pixels <count>', 'refuse larger pictures', wholeNumber(1))
    .option('--json', 'one JSON object a line on standard output', false);
  if (operation !== 'compress') addPictureOptions(command);
  if (operation !== 'decompress')
    command.option('-s, --sigma <auto|number>', 'noise in the photo, 0 to 75 of 255', sigmaValue, 'auto');
  if (operation === 'restore' || operation === 'compress') addQuality(command);
  if (operation === 'denoise')
    command
      .option('--strength <0-100>', 'percent of the noise to take out', decimal(0, 100), 100)
      .option('--texture <0-100>', 'percent of the fine brightness detail to give back', decimal(0, 100), 0)
      .option('--best-quality', 'a little better, eight times as long', false);
}

function addPictureOptions(command: Command): void {
  command
    .addOption(
      new Option('-f, --format <format>', 'of the picture')
        .choices(['same', 'jpeg', 'png', 'webp', 'avif', 'tiff'])
        .default('same'),
    )
    .option('--format-quality <1-100>', 'of the picture format, where it loses', wholeNumber(1, 100))
    .option(
      '--bit-depth <bits>',
      "8 or 16 for PNG and TIFF, 8, 10 or 12 for AVIF (default: the photo's)",
      oneOf([8, 10, 12, 16]),
    )
    .addOption(new Option('--chroma <444|420>', 'colour resolution of JPEG and AVIF').choices(['444', '420']))
    .option('--lossless', 'WebP and AVIF without loss')
    .option('--on-white', 'lay transparent photos on white where the format has no transparency');
}

function addQuality(command: Command): void {
  command
    .option('-q, --quality <1-100>', 'of the .pel file (default: 50)', decimal(1, 100))
    .addOption(
      new Option('--max-bytes <size>', 'the best quality whose .pel takes no more: 200000, 200kB, 1.5MB')
        .argParser(sizeInBytes)
        .conflicts(['quality', 'minPsnr']),
    )
    .addOption(
      new Option('--min-psnr <dB>', 'the least quality that keeps so much of the clean picture')
        .argParser(decimal(1, 100))
        .conflicts(['quality', 'maxBytes']),
    );
}
