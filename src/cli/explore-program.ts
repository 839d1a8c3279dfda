import { Option } from 'commander';
import type { Command } from 'commander';
import type { exploreCodes, exploreMap } from './commands/explore-codes.ts';
import type { GenerateOptions } from './commands/explore-generate.ts';
import type { LibraryOptions } from './commands/explore-library.ts';
import type { SortOptions } from './commands/explore-sort.ts';
import { examples } from './help-examples.ts';
import { decimal, wholeNumber } from './option-values.ts';

/** The commands that find structure among photos, sort them and generate pictures. */
export function addExplore(program: Command): void {
  const explore = program.command('explore').description('find structure among photos');
  explore
    .command('similar')
    .description('group near-duplicates, and name the most similar photo of each; nothing is deleted')
    .argument('<paths...>', 'photos, or folders of them')
    .option('-m, --model <id>', 'codec whose codes are compared (default: the bundled one)')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', examples(['explore similar holiday']))
    .action(async (paths: string[], options: LibraryOptions) => {
      const { exploreSimilar } = await import('./commands/explore-similar.ts');
      await exploreSimilar(paths, options);
    });
  addExploreOutputs(explore);
  addSorting(explore);
  addGeneration(explore);
}

/** What is for other programs to work with. */
function addExploreOutputs(explore: Command): void {
  explore
    .command('codes')
    .description('the codes of photos on standard output')
    .argument('<paths...>', 'photos, folders of them, or IDX files')
    .option('-m, --model <id>', 'model that makes the codes (default: the bundled codec)')
    .addOption(new Option('-f, --format <format>', 'table, or array of NumPy').choices(['csv', 'npy']).default('csv'))
    .addHelpText('after', examples(['explore codes holiday --format npy > codes.npy']))
    .action(async (paths: string[], options: Parameters<typeof exploreCodes>[1]) => {
      const commands = await import('./commands/explore-codes.ts');
      await commands.exploreCodes(paths, options);
    });
  explore
    .command('map')
    .description('places in the plane, -1 to 1, so that photos that look alike lie near one another')
    .argument('<paths...>', 'photos, folders of them, or IDX files')
    .option('-m, --model <id>', 'model that makes the codes (default: the bundled codec)')
    .addOption(new Option('--method <method>', 'how to arrange them').choices(['pca', 'umap']).default('umap'))
    .option('--seed <number>', 'of the arrangement', wholeNumber(0), 0)
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', examples(['explore map holiday --method pca']))
    .action(async (paths: string[], options: Parameters<typeof exploreMap>[1]) => {
      const commands = await import('./commands/explore-codes.ts');
      await commands.exploreMap(paths, options);
    });
}

function addSorting(explore: Command): void {
  explore
    .command('sort')
    .description('sort photos into classes of which a few examples are given; copies go into folders, nothing is moved')
    .argument('<paths...>', 'photos, or folders of them')
    .requiredOption('-e, --examples <folder>', 'has a folder for each class, of its name, with a few photos of it')
    .option('-m, --model <id>', 'model that makes the codes (default: the bundled codec)')
    .addOption(
      new Option('--method <method>', 'linear, or with a hidden layer')
        .choices(['linear', 'network'])
        .default('linear'),
    )
    .option('--seed <number>', 'of the classifier', wholeNumber(0), 0)
    .option('-o, --out <folder>', 'copy the photos into a folder for each class in here')
    .option('--least <0-1>', 'confidence from which a photo is copied', decimal(0, 1), 0)
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', examples(['explore sort holiday --examples kinds --out sorted --least 0.8']))
    .action(async (paths: string[], options: SortOptions) => {
      const { exploreSort } = await import('./commands/explore-sort.ts');
      await exploreSort(paths, options);
    });
  explore
    .command('odd')
    .description('photos that stand out: broken, blurred, unlike the others; nothing is deleted')
    .argument('<paths...>', 'photos, folders of them, or IDX files')
    .option('-m, --model <id>', 'model that makes the codes (default: the bundled codec)')
    .option('--json', 'one JSON object a line on standard output', false)
    .addHelpText('after', examples(['explore odd holiday']))
    .action(async (paths: string[], options: LibraryOptions) => {
      const { exploreOdd } = await import('./commands/explore-odd.ts');
      await exploreOdd(paths, options);
    });
}

function addGeneration(explore: Command): void {
  explore
    .command('generate')
    .description('pictures that a variational model makes up, as PNG on standard output')
    .requiredOption('-m, --model <id>', 'a variational model')
    .option('--count <number>', 'pictures', wholeNumber(1), 100)
    .option('--seed <number>', 'of what is drawn', wholeNumber(0), 0)
    .option('--spread <0-2>', 'less gives more typical pictures', decimal(0, 2), 1)
    .option('--between <photos...>', 'the way from one photo to another instead')
    .option('--steps <number>', 'pictures on that way', wholeNumber(2), 10)
    .addHelpText(
      'after',
      examples([
        'explore generate --model digits --seed 3 > samples.png',
        'explore generate --model faces --between a.jpg b.jpg --steps 8 > way.png',
      ]),
    )
    .action(async (options: GenerateOptions) => {
      const { exploreGenerate } = await import('./commands/explore-generate.ts');
      await exploreGenerate(options);
    });
}
