import { describe, expect, it, test } from 'vitest';
import { assertTemplate, baseNameOf, safeFileName } from './naming.ts';

const parts = { name: 'Käse {ext}', model: 'm-1', sigma255: 20.6, counter: 7, counterDigits: 3 };

describe('a template', () => {
  it.each([
    ['{name}.{ext}', 'Käse {ext}'],
    ['{name}', 'Käse {ext}'],
    ['{counter}_{model}_s{sigma}.{ext}', '007_m-1_s21'],
    ['{counter}{ext}', '007'],
  ])('%s gives %s', (template, expected) => {
    assertTemplate(template);
    expect(baseNameOf(template, parts)).toBe(expected);
  });

  it.each([
    '{date}.{ext}',
    'clear.{ext}',
    '../{name}.{ext}',
    'a\\{name}',
    '{ext}-{name}',
    '{name}\n.{ext}',
    '{}{name}',
  ])('like %s is refused', (template) => {
    expect(() => assertTemplate(template)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\photos\\a.jpg', 'a.jpg'],
  ['..', 'photo'],
  ['.hidden', 'hidden'],
  ['a:b?.png', 'a_b_.png'],
  ['', 'photo'],
])('%s is kept as %s', (name, expected) => {
  expect(safeFileName(name)).toBe(expected);
});
