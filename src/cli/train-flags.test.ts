import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addTrainingFlags, allowLists, listsAmong, trainingOptionsOf } from './train-flags.ts';

function optionsOf(line: string): Record<string, unknown> {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addTrainingFlags(command);
  allowLists(command);
  return command.parse(line.split(' '), { from: 'user' }).opts();
}

test('an option with several values is found by the field that it sets, and each value is read as one', () => {
  const options = optionsOf('--bottleneck 2,4,8 --hidden 128,64 --l2 0.1 --degradations jpeg,camera');
  expect(listsAmong(options)).toEqual([{ field: 'bottleneck', values: [2, 4, 8] }]);
  expect(trainingOptionsOf({ ...options, bottleneck: undefined })).toEqual({
    hidden: [128, 64],
    l2: 0.1,
    degradations: ['jpeg', 'camera'],
  });
  expect(listsAmong(optionsOf('--sigma-max 25,50'))).toEqual([{ field: 'sigmaMax255', values: [25, 50] }]);
  expect(listsAmong(optionsOf('--loss mse,mae --l1 0,0.5'))).toHaveLength(2);
});

test('a value that the option cannot have is refused, alone or among others', () => {
  for (const text of ['0', '2,0', '2,x', '2,,4']) expect(() => optionsOf(`--bottleneck ${text}`)).toThrow('Expected');
});
