import type { Progress } from '../shared/contract.ts';
import type { PellucidError } from '../shared/errors.ts';
import { toErrorPayload } from '../shared/errors.ts';

/**
 * Where a command's words go: results on standard output, as sentences for people or as one JSON object a line;
 * progress and problems on standard error.
 */
export class Output {
  readonly #json: boolean;
  readonly #isTerminal = process.stderr.isTTY;
  #barIsShown = false;

  constructor(json: boolean) {
    this.#json = json;
  }

  /** One result: the object for programs, the sentence for people. */
  result(value: Record<string, unknown>, sentence: string): void {
    this.clearProgress();
    process.stdout.write(this.#json ? `${JSON.stringify(value)}\n` : `${sentence}\n`);
  }

  /** An input that failed; with JSON also as a line among the results. */
  failure(error: PellucidError, about: Record<string, unknown> = {}): void {
    this.clearProgress();
    const { code, message } = toErrorPayload(error);
    if (this.#json) process.stdout.write(`${JSON.stringify({ ...about, error: { code, message } })}\n`);
    const subject =
      typeof about['input'] === 'string' && !message.includes(about['input']) ? `${about['input']}: ` : '';
    process.stderr.write(`${subject}${message}\n`);
  }

  /** Something that people should know; programs see it on standard error too. */
  note(sentence: string): void {
    this.clearProgress();
    process.stderr.write(`${sentence}\n`);
  }

  /** A line that replaces the one before on a terminal, and is left out elsewhere. */
  progress(line: string): void {
    if (!this.#isTerminal) return;
    const width = process.stderr.columns || 80;
    process.stderr.write(`\r\x1b[2K${line.slice(0, width - 1)}`);
    this.#barIsShown = true;
  }

  clearProgress(): void {
    if (this.#barIsShown) process.stderr.write('\r\x1b[2K');
    this.#barIsShown = false;
  }
}

const barWidth = 24;

/** A bar with stage and remaining time. */
export function progressLine(label: string, { stage, completed, total, etaSeconds }: Progress): string {
  const part = total === 0 ? 0 : completed / total;
  const filled = Math.round(part * barWidth);
  const bar = `${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}`;
  const left = etaSeconds === null ? '' : `, ${duration(etaSeconds)} left`;
  return `${label}  [${bar}] ${stage} ${completed}/${total}${left}`;
}

/** Seconds for people: `8 s`, `3 min 10 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Bytes for people, in powers of 1000 as file managers count: `812 B`, `38.4 kB`, `2.3 MB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** Columns side by side, each as wide as its widest cell; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, String(cell).length)));
  const line = (row: readonly (string | number)[]): string =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return typeof cell === 'number' || /^[\d.,-]+( \S+)?$/.test(cell)
          ? String(cell).padStart(width)
          : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}
