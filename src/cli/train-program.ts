import { Option } from 'commander';
import type { Command } from 'commander';
import type { ResumeOptions } from './commands/runs.ts';
import type { SweepOptions } from './commands/sweep.ts';
import type { TrainOptions } from './commands/train.ts';
import { examples } from './help-examples.ts';
import { decimal, wholeNumber } from './option-values.ts';
import { addTrainingFlags, allowLists } from './train-flags.ts';

const presets = ['codec', 'denoiser', 'dense', 'variational'];

/** The commands `train`, `runs` and `sweep`. */
export function addTraining(program: Command): void {
  addTrain(program);
  addRuns(program);
  addSweep(program);
}

function addTrain(program: Command): void {
  const command = program
    .command('train')
    .description('train a model on your own photos')
    .option('--resume', 'go on from the last checkpoint of the run of this name')
    .option('--run-dir <folder>', 'folder for log and checkpoints (default: in the data folder)');
  addSettings(command);
  const shown = [
    'train --preset denoiser --data holiday --name mine --minutes 30',
    'train --preset denoiser --data holiday --name mine --minutes 60 --resume',
    'train --preset dense --data mnist --name digits --epochs 50 --patience 5',
    'train --config mine.json --learning-rate 0.0005',
  ];
  command.addHelpText('after', examples(shown)).action(async (options: TrainOptions) => {
    const { train } = await import('./commands/train.ts');
    await train(options);
  });
}

function addSweep(program: Command): void {
  const command = program
    .command('sweep')
    .description('train once for each of several values of one option, and compare: how long must the code be?');
  addSettings(command);
  allowLists(command);
  const shown = [
    'sweep --preset dense --data mnist --name digits --bottleneck 2,4,8,16,32,64 --epochs 10',
    'sweep --preset denoiser --data holiday --name rates --learning-rate 0.0003,0.001,0.003 --steps 2000',
  ];
  command.addHelpText('after', examples(shown)).action(async (options: SweepOptions) => {
    const { sweep } = await import('./commands/sweep.ts');
    await sweep(options);
  });
  addSweepVerbs(command);
}

/** What is done with sweeps that were started. Their flags are their own, not those of `sweep`. */
function addSweepVerbs(sweeps: Command): void {
  sweeps.enablePositionalOptions();
  const verb = (name: string, description: string, shown: string): Command =>
    sweeps
      .command(name)
      .description(description)
      .option('--json', 'one JSON object a line on standard output', false)
      .addHelpText('after', examples([`sweep ${shown}`]));
  const load = () => import('./commands/sweep.ts');
  verb('list', 'all sweeps, with what is recommended', 'list').action(async (options: { json: boolean }) => {
    await (await load()).listSweeps(options);
  });
  verb('resume', 'go on with the values that are not trained yet', 'resume digits')
    .argument('<sweep>', 'its name, or its folder')
    .action(async (sweepId: string, options: { json: boolean }) => {
      await (await load()).resumeSweep(sweepId, options);
    });
  verb('remove', 'remove table, plot and runs of sweeps; their models stay', 'remove digits')
    .argument('<sweeps...>', 'their names, or their folders')
    .action(async (sweepIds: string[], options: { json: boolean }) => {
      await (await load()).removeSweeps(sweepIds, options);
    });
}

/** What and how to train. */
function addSettings(command: Command): void {
  command
    .addOption(new Option('--preset <preset>', 'what to train').choices(presets))
    .option('-d, --data <folders...>', 'photos, or folders of them')
    .option('-n, --name <name>', 'name of the model: a-z, 0-9 and hyphens')
    .option('-c, --config <file>', "settings as in a run's config.json; what is said here beside it goes before it")
    .option('--seed <number>', 'of everything random (default: 0)', wholeNumber(0))
    .option('--learning-rate <number>', "highest rate (default: the preset's)", decimal(1e-9, 10))
    .option('--batch <number>', 'pictures in a step', wholeNumber(1, 4096))
    .option('--patch <pixels>', 'side of a patch, a multiple of 16', wholeNumber(32, 512))
    .option('--start <model>', 'go on from the weights of this model')
    .option('--validate-every <steps>', "steps between validations (default: the preset's)", wholeNumber(1))
    .option('--checkpoint-minutes <number>', 'minutes between checkpoints (default: 2)', decimal(0.001, 1440))
    .option('--patience <validations>', 'stop after so many without a better one', wholeNumber(1, 1000))
    .option('--min-change <number>', 'least change that counts as better (default: 0)', decimal(0, 1e6))
    .option('--metric <name>', "validation metric that decides what is best (default: the preset's)")
    .option('--json', 'one JSON object a line on standard output', false);
  addBudget(command);
  addTrainingFlags(command);
}

function addRuns(program: Command): void {
  const runs = program.command('runs').description('trainings that were started');
  runs
    .command('list')
    .description('all runs, the newest first')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', examples(['runs list']))
    .action(async (options: { json: boolean }) => {
      const { listRuns } = await import('./commands/runs.ts');
      await listRuns(options);
    });
  runs
    .command('show')
    .description('settings, figures and events of a run')
    .argument('<run>', 'its name, or its folder')
    .option('--json', 'one JSON object on standard output, with the curves', false)
    .addHelpText('after', examples(['runs show mine']))
    .action(async (runId: string, options: { json: boolean }) => {
      const { showRun } = await import('./commands/runs.ts');
      await showRun(runId, options);
    });
  const resume = runs
    .command('resume')
    .description('go on from the last checkpoint of a run')
    .argument('<run>', 'its name, or its folder')
    .option('--json', 'one JSON object a line on standard output', false);
  addBudget(resume)
    .addHelpText('after', examples(['runs resume mine', 'runs resume mine --minutes 120']))
    .action(async (runId: string, options: ResumeOptions) => {
      const { resumeRun } = await import('./commands/runs.ts');
      await resumeRun(runId, options);
    });
  runs
    .command('remove')
    .description('remove log and checkpoints of runs; their models stay')
    .argument('<runs...>', 'their names, or their folders')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', examples(['runs remove mine']))
    .action(async (runIds: string[], options: { json: boolean }) => {
      const { removeRuns } = await import('./commands/runs.ts');
      await removeRuns(runIds, options);
    });
}

/** How long to train: one of three. */
function addBudget(command: Command): Command {
  return command
    .addOption(
      new Option('--minutes <number>', 'train for this time')
        .argParser(decimal(0.01, 100_000))
        .conflicts(['steps', 'epochs']),
    )
    .addOption(
      new Option('--steps <number>', 'train so many steps').argParser(wholeNumber(1)).conflicts(['minutes', 'epochs']),
    )
    .addOption(
      new Option('--epochs <number>', 'train so many passes over the data')
        .argParser(decimal(0.001, 1e6))
        .conflicts(['minutes', 'steps']),
    );
}
