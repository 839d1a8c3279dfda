/** The part of a command's help that shows how it is called. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  pellucid ${line}`).join('\n')}\n`;
}
