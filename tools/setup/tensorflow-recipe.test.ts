import { describe, expect, it } from 'vitest';
import { failureParagraph } from './tensorflow.mjs';
import { placeOfWheelMember, recipeFor } from './tensorflow-recipe.mjs';

const recipe = recipeFor('linux-x64');

describe('placeOfWheelMember', () => {
  it.each([
    ['tensorflow/libtensorflow_cc.so.2', 'lib/libtensorflow_cc.so.2'],
    ['tensorflow/include/tensorflow/c/c_api.h', 'include/tensorflow/c/c_api.h'],
    ['tensorflow/include/xla/tsl/c/tsl_status.h', 'include/xla/tsl/c/tsl_status.h'],
    ['tensorflow/include/tensorflow/core/graph/graph.h', undefined],
    ['tensorflow/include/external/eigen/Eigen/Core', undefined],
    ['tensorflow/python/_pywrap_tensorflow_internal.so', undefined],
    ['tensorflow/c/c_api.h', undefined],
  ])('places %s at %s', (member, place) => {
    if (recipe === undefined) throw new Error('There must be a recipe for linux-x64.');
    expect(placeOfWheelMember(recipe, member)).toBe(place);
  });
});

describe('failureParagraph', () => {
  it('names what is missing, what was tried and what still works', () => {
    const text = failureParagraph(['the first way'], { pip: undefined, compiler: 'g++' });
    expect(text).toContain('(1) the first way');
    expect(text).toContain('Install Python 3 with pip, then');
    expect(text).not.toContain('compiler');
    expect(text).toContain('WebAssembly');
  });
});
