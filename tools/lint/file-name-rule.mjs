import path from 'node:path';

/** A name that says nothing about the one idea that the file holds. */
const vagueNames = ['util', 'utils', 'helper', 'helpers', 'common', 'misc'];
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const pascalCase = /^([A-Z][a-z0-9]*)+$/;

/**
 * The ESLint rule for the names of files and their folders: kebab-case, Svelte components PascalCase, and none of the
 * names that stand for a heap of things.
 * @type {import('eslint').Rule.RuleModule}
 */
export const fileNameRule = {
  meta: {
    type: 'suggestion',
    docs: { description: 'Name files and folders for the one idea that they hold.' },
    schema: [],
    messages: {
      kebab: "'{{name}}' is not in kebab-case.",
      pascal: "The Svelte component '{{name}}' is not in PascalCase.",
      vague: "'{{name}}' does not say what the file is about: name it for the one idea that it holds.",
    },
  },
  create(context) {
    return {
      Program(node) {
        const report = nameProblem(path.relative(context.cwd, context.filename));
        if (report !== undefined) context.report({ node, loc: { line: 1, column: 0 }, ...report });
      },
    };
  },
};

/** @param {string} file path from the root, in the system's own separators */
function nameProblem(file) {
  const parts = file.split(path.sep);
  const base = parts.pop() ?? '';
  const stem = base.split('.')[0] ?? '';
  const isComponent = base.endsWith('.svelte');
  for (const name of [...parts, stem]) {
    if (vagueNames.includes(name.toLowerCase())) return { messageId: 'vague', data: { name } };
  }
  if (isComponent && !pascalCase.test(stem)) return { messageId: 'pascal', data: { name: base } };
  const kebabs = isComponent ? parts : [...parts, stem];
  const wrong = kebabs.find((name) => !kebabCase.test(name));
  return wrong === undefined ? undefined : { messageId: 'kebab', data: { name: wrong } };
}
