import { Command, Option } from 'commander';
import type { EvaluateOptions } from './commands/evaluate.ts';
import type { ProcessOptions } from './commands/process-files.ts';
import type { ServeOptions } from './commands/serve.ts';
import type { WatchOptions } from './commands/watch.ts';
import { addExplore } from './explore-program.ts';
import { examples } from './help-examples.ts';
import { addJobOptions } from './job-options.ts';
import { addModels } from './models-program.ts';
import { numberList, wholeNumber } from './option-values.ts';
import { addTraining } from './train-program.ts';

/** All commands with their options. Actions load their module when they run, so that `--help` answers at once. */
export function createProgram(): Command {
  const program = new Command('pellucid')
    .description('Makes noisy photos clear and small, with autoencoders that run on this computer alone.')
    .version('0.1.0', '-V, --version')
    .showHelpAfterError('(pellucid --help shows how)')
    .configureHelp({ sortSubcommands: false })
    .addOption(
      new Option('--compute <type>', 'number type of the convolutions, for this call').choices(
        // As in the schema, which is not loaded for this.
        ['auto', 'float32', 'bfloat16'],
      ),
    )
    .addOption(new Option('--threads <n>', 'cores to compute on, for this call').argParser(wholeNumber(1, 1024)))
    .on('option:compute', (type: string) => (process.env['PELLUCID_COMPUTE'] = type))
    .on('option:threads', (threads: string) => (process.env['PELLUCID_THREADS'] = threads))
    .exitOverride();
  addFileCommands(program);
  addWatch(program);
  addTraining(program);
  addEvaluate(program);
  addExplore(program);
  addModels(program);
  addDoctor(program);
  addSelfTest(program);
  addServe(program);
  program.addHelpText(
    'after',
    examples([
      'restore holiday/*.jpg --out clear --montage look.png',
      'decompress clear/beach.pel --out photos --format png',
    ]),
  );
  return program;
}

const operations = {
  restore: [
    'photo to .pel and back to a picture, both written',
    ['restore photo.jpg --out clear', 'restore holiday --out clear --quality 60 --montage look.png'],
  ],
  denoise: [
    'take the noise out of photos, without compressing them',
    ['denoise photo.jpg --out clear', 'denoise holiday --out clear --name "{name}-clear.{ext}" --metadata strip-gps'],
  ],
  compress: [
    'photos to small .pel files, without their noise',
    ['compress photo.jpg --out small', 'compress holiday --out small --max-bytes 200kB'],
  ],
  decompress: ['.pel files back to pictures', ['decompress small/photo.pel --out photos --format png']],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

function addFileCommands(program: Command): void {
  for (const [name, [description, shown]] of Object.entries(operations)) {
    const operation = name as keyof typeof operations;
    const command = program.command(name).description(description).argument('<files...>', 'files or folders');
    addJobOptions(command, operation);
    command.option('--no-recursive', 'leave out folders inside the folders');
    if (operation === 'restore')
      command.option('--montage <file>', 'PNG with noisy, encoded and restored side by side');
    command.addHelpText('after', examples(shown)).action(async (files: string[], options: ProcessOptions) => {
      const { processFiles } = await import('./commands/process-files.ts');
      await processFiles(operation, files, options);
    });
  }
}

function addWatch(program: Command): void {
  const command = program
    .command('watch')
    .description('work on each photo that comes into a folder, until Ctrl-C')
    .argument('<folder>', 'folder to watch, with the folders inside it');
  addJobOptions(command, 'restore');
  command
    .addOption(
      new Option('--do <operation>', 'what is done').choices(['denoise', 'compress', 'restore']).default('denoise'),
    )
    .option('--no-recursive', 'leave out folders inside the folder')
    .addHelpText('after', examples(['watch inbox --out clear', 'watch inbox --out small --do compress --quality 40']))
    .action(async (folder: string, options: WatchOptions) => {
      const { watch } = await import('./commands/watch.ts');
      await watch(folder, options);
    });
}

function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('measure a model on clean photos that it has not seen')
    .addOption(new Option('--task <task>', 'what to measure').choices(['denoise', 'codec']).makeOptionMandatory())
    .requiredOption('-d, --data <folders...>', 'clean photos, or folders of them')
    .option('-s, --sigma <list>', 'noise levels of 255, with commas', numberList(0, 75))
    .option('-q, --quality <list>', 'qualities of the codec, with commas', numberList(1, 100))
    .option('--seed <number>', 'of the noise', wholeNumber(0), 0)
    .option('--blind', 'let the noise be estimated instead of telling it', false)
    .option('--best-quality', 'mean over eight orientations of the photo', false)
    .option('--limit <count>', 'only the first photos', wholeNumber(1))
    .option('--no-rivals', 'leave out JPEG, WebP and AVIF, which the codec is measured against')
    .option('--plot <file>', "SVG file for the codec's curves; a PNG is written beside it")
    .option('-m, --model <id>', 'model to measure (default: the bundled one)')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText(
      'after',
      examples([
        'evaluate --task denoise --data test --sigma 25',
        'evaluate --task codec --data test --sigma 0,25 --plot curves.svg',
      ]),
    )
    .action(async (options: EvaluateOptions) => {
      const { evaluate } = await import('./commands/evaluate.ts');
      await evaluate(options);
    });
}

function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what Pellucid runs on, and whether all of it works')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', examples(['doctor']))
    .action(async (options: { json: boolean }) => {
      const { doctor } = await import('./commands/doctor.ts');
      await doctor(options);
    });
}

function addSelfTest(program: Command): void {
  program
    .command('self-test')
    .description('restore, export and train once, to see that the installation works')
    .option('--json', 'one JSON object on standard output', false)
    .addHelpText('after', examples(['self-test']))
    .action(async (options: { json: boolean }) => {
      const { selfTest } = await import('./commands/self-test.ts');
      await selfTest(options);
    });
}

function addServe(program: Command): void {
  program
    .command('serve')
    .description('open the window in a browser, on this computer only')
    .option('-p, --port <number>', 'port on 127.0.0.1 (default: a free one)', wholeNumber(0, 65_535))
    .option('--no-open', 'print the address without opening a browser')
    .addHelpText('after', examples(['serve --no-open']))
    .action(async (options: ServeOptions) => {
      const { serve } = await import('./commands/serve.ts');
      await serve(options);
    });
}
