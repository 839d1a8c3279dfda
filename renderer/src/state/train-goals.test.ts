import { describe, expect, it } from 'vitest';
import { paramSchemas } from '../../../src/shared/params.ts';
import { advancedFor, advancedOptions, goalNames, goals, toTrainParams } from './train-goals.ts';

const wishes = { data: ['/photos'], name: 'my-model', minutes: 2, advanced: {} };

describe('toTrainParams', () => {
  it.each(goalNames)('gives the engine what it understands for the goal %s', (goal) => {
    expect(paramSchemas['train.start'].parse(toTrainParams({ ...wishes, goal }))).toMatchObject({
      preset: goals[goal].preset,
      budget: { minutes: 2 },
    });
  });

  it('puts every advanced option where the engine looks for it', () => {
    for (const goal of goalNames) {
      for (const name of advancedFor(goals[goal].preset)) {
        const { field } = advancedOptions[name];
        const value = field.kind === 'number' ? field.max : field.kind === 'choice' ? (field.values[0] ?? '') : true;
        const params = toTrainParams({ ...wishes, goal, advanced: { [name]: value } });
        expect(JSON.stringify(paramSchemas['train.start'].parse(params))).toContain(
          `"${name}":${JSON.stringify(value)}`,
        );
      }
    }
  });
});
