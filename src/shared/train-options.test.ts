import { describe, expect, it } from 'vitest';
import { trainOptions } from './train-options.ts';

describe('options of a training', () => {
  it('are all optional', () => {
    expect(trainOptions.parse({})).toEqual({});
  });

  it('refuse what is not there or out of range, naming it', () => {
    for (const [field, value] of Object.entries({ droput: 0.5, dropout: 1.5, hidden: [0], channels: 2 })) {
      const result = trainOptions.safeParse({ [field]: value });
      expect(result.error?.issues.map((issue) => JSON.stringify(issue)).join(), field).toContain(field);
    }
  });
});
