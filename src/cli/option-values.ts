import { InvalidArgumentError } from 'commander';

/** A number in a range. For commander; throws InvalidArgumentError. */
export function decimal(smallest: number, largest: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= smallest && value <= largest) return value;
    throw new InvalidArgumentError(`Expected a number from ${smallest} to ${largest}.`);
  };
}

/** A whole number in a range. For commander; throws InvalidArgumentError. */
export function wholeNumber(smallest: number, largest = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = decimal(smallest, largest)(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError('Expected a whole number.');
  };
}

/** Numbers in a range, with commas between them. For commander; throws InvalidArgumentError. */
export function numberList(smallest: number, largest: number): (text: string) => number[] {
  return (text) => text.split(',').map(decimal(smallest, largest));
}

/** `auto` or a noise level, 0 to 75 of 255. For commander; throws InvalidArgumentError. */
export function sigmaValue(text: string): 'auto' | number {
  return text === 'auto' ? 'auto' : decimal(0, 75)(text);
}

/** One of several numbers. For commander; throws InvalidArgumentError. */
export function oneOf(values: readonly number[]): (text: string) => number {
  return (text) => {
    const value = values.find((each) => String(each) === text);
    if (value !== undefined) return value;
    throw new InvalidArgumentError(`Expected one of ${values.join(', ')}.`);
  };
}

/** A size such as `200000`, `200kB` or `1.5 MB`, as a whole number of bytes. For commander; throws InvalidArgumentError. */
export function sizeInBytes(text: string): number {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kM]?)B?\s*$/i.exec(text) ?? [];
  const factor = { k: 1e3, m: 1e6 }[unit?.toLowerCase() ?? ''] ?? 1;
  const bytes = Math.floor(Number(digits) * factor);
  if (bytes >= 1) return bytes;
  throw new InvalidArgumentError('Expected a size such as 200000, 200kB or 1.5MB.');
}
