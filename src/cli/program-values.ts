import { InvalidArgumentError } from 'commander';

/** How the values of options are read; commander shows what is thrown with the option's name. */

export function decimal(smallest: number, largest: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= smallest && value <= largest) return value;
    throw new InvalidArgumentError(`Expected a number from ${smallest} to ${largest}.`);
  };
}

export function wholeNumber(smallest: number, largest = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = decimal(smallest, largest)(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError('Expected a whole number.');
  };
}

export function numberList(smallest: number, largest: number): (text: string) => number[] {
  return (text) => text.split(',').map(decimal(smallest, largest));
}

/** The part of a command's help that shows how it is called. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  pellucid ${line}`).join('\n')}\n`;
}
