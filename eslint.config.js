import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import typescript from 'typescript-eslint';
import { fileNameRule } from './tools/lint/file-name-rule.mjs';
import { layerRule } from './tools/lint/layer-rule.mjs';

const plainLines = { skipBlankLines: true, skipComments: true };

/** Rules for every file. @type {import('eslint').Linter.RulesRecord} */
const everywhere = {
  'pellucid/file-name': 'error',
  'pellucid/layers': 'error',
  'max-lines': ['error', { max: 400 }],
  'max-lines-per-function': ['error', { max: 60, ...plainLines, IIFEs: true }],
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that one name finds every use.' },
  ],
  'no-console': 'error',
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-param-reassign': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'import-x/no-cycle': ['error', { ignoreExternal: true }],
  'import-x/no-duplicates': 'error',
};

/** Rules that need types; each has caught a real fault that the compiler lets pass. @type {import('eslint').Linter.RulesRecord} */
const typeAware = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { allowDefaultCaseForExhaustiveSwitch: true, considerDefaultExhaustiveForUnions: true },
  ],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
};

export default defineConfig(
  { ignores: ['dist/', 'out/', 'runs/', 'coverage/', 'assets/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  js.configs.recommended,
  svelte.configs.recommended,
  {
    plugins: {
      'import-x': importX,
      pellucid: { rules: { layers: layerRule, 'file-name': fileNameRule } },
    },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.mjs', '.js', '.json'] })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: everywhere,
  },
  {
    files: ['**/*.ts', '**/*.svelte'],
    plugins: { '@typescript-eslint': typescript.plugin },
    extends: [typescript.configs.eslintRecommended],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: { ...typeAware, 'no-unused-vars': 'off' },
  },
  { files: ['**/*.ts'], languageOptions: { parser: typescript.parser } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: typescript.parser }, globals: globals.browser },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      'max-lines': ['error', { max: 250 }],
      // The compiler's own types know the globals of each runtime.
      'no-undef': 'off',
      // `let { value = $bindable() } = $props()` is assigned from outside.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    files: ['**/*.mjs', '*.config.js', 'bin/pellucid'],
    languageOptions: { globals: globals.node },
  },
  {
    // These speak to the terminal.
    files: ['tools/**', 'src/cli/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['*.config.js', '*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // A `describe` callback is a list of tests and not one function.
    files: ['**/*.test.ts', '**/*.e2e.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
);
