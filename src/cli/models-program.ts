import type { Command } from 'commander';
import { Option } from 'commander';
import { examples } from './help-examples.ts';
import { wholeNumber } from './option-values.ts';
import type { CompareOptions, DefaultOptions, ExportOptions, ModelOptions } from './commands/models.ts';

type AddVerb = (name: string, description: string, shown: string) => Command;

/** Actions load their module when they run. */
const load = () => import('./commands/models.ts');

/** `models` with its verbs. */
export function addModels(program: Command): void {
  const models = program.command('models').description('the installed models');
  const verb: AddVerb = (name, description, shown) =>
    models
      .command(name)
      .description(description)
      .option('--json', 'one JSON object a line on standard output', false)
      .addHelpText('after', examples([`models ${shown}`]));
  addPackageVerbs(verb);
  addChoiceVerbs(verb);
}

/** What is done with the packages themselves. */
function addPackageVerbs(verb: AddVerb): void {
  verb('list', 'all installed models', 'list').action(async (options: ModelOptions) => {
    await (await load()).listModels(options);
  });
  verb('info', 'how a model was trained and measured', 'info mine')
    .argument('<model>', 'its id')
    .action(async (id: string, options: ModelOptions) => {
      await (await load()).showModel(id, options);
    });
  verb('import', 'take a model in that was exported', 'import mine.zip')
    .argument('<file>', 'a .zip that "models export" made')
    .action(async (path: string, options: ModelOptions) => {
      await (await load()).importModel(path, options);
    });
  verb('export', 'write a model as one file', 'export mine --out mine.zip')
    .argument('<model>', 'its id')
    .option('-o, --out <file>', 'the .zip (default: the id, in this folder)')
    .option('--overwrite', 'replace a file that is there', false)
    .action(async (id: string, options: ExportOptions) => {
      await (await load()).exportModel(id, options);
    });
  verb('verify', 'check the weights of a model, or of all, against their hash', 'verify')
    .argument('[model]', 'its id')
    .action(async (id: string | undefined, options: ModelOptions) => {
      await (await load()).verifyModels(id, options);
    });
  verb('rename', 'give a model of your own another id', 'rename mine holiday')
    .argument('<model>', 'its id')
    .argument('<new-id>', 'a-z, 0-9 and hyphens')
    .action(async (id: string, newId: string, options: ModelOptions) => {
      await (await load()).renameModel(id, newId, options);
    });
  verb('remove', 'delete a model of your own', 'remove mine')
    .argument('<model>', 'its id')
    .action(async (id: string, options: ModelOptions) => {
      await (await load()).removeModel(id, options);
    });
}

/** What helps to choose among models. */
function addChoiceVerbs(verb: AddVerb): void {
  verb('compare', 'measure a model beside another on photos that it has not seen', 'compare mine')
    .argument('<model>', 'its id')
    .option('--against <model>', 'another of its kind (default: the bundled one)')
    .option('-d, --data <folders...>', 'clean photos (default: those that its training held out)')
    .option('--limit <count>', 'only the first photos', wholeNumber(1))
    .action(async (id: string, options: CompareOptions) => {
      await (await load()).compareModels(id, options);
    });
  verb('default', 'the model that is used when none is named', 'default denoiser mine')
    .argument('<kind>', 'denoiser, codec, dense or variational')
    .argument('[model]', 'its id; without one, the bundled model again')
    .addOption(new Option('--force', 'also one that was not compared, or is not better').default(false))
    .action(async (kind: string, id: string | undefined, options: DefaultOptions) => {
      await (await load()).setDefaultModel(kind, id, options);
    });
}
