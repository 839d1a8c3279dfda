import type { Text } from './en.ts';

/** Numbers with their units, as the reader's language writes them. */
export class Formats {
  readonly #text: Text;
  readonly #whole: Intl.NumberFormat;

  constructor(text: Text) {
    this.#text = text;
    this.#whole = new Intl.NumberFormat(text.languageTag, { maximumFractionDigits: 0 });
  }

  /** A number rounded to whole, with separators of thousands. */
  whole(value: number): string {
    return this.#whole.format(value);
  }

  /** A number with exactly so many digits after the point. */
  fixed(value: number, digits: number): string {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.#text.languageTag, options).format(value);
  }

  /** As {@link fixed}, with a sign before what is more than nothing. */
  signed(value: number, digits: number): string {
    return `${value > 0 ? '+' : ''}${this.fixed(value, digits)}`;
  }

  /** A number by itself: at most three significant figures. */
  short(value: number): string {
    return new Intl.NumberFormat(this.#text.languageTag, { maximumSignificantDigits: 3 }).format(value);
  }

  /** The marks of an axis, evenly spaced, all with as many digits after the point as their distance needs. */
  scale(marks: readonly number[]): string[] {
    const [first = 0, second = first] = marks;
    const step = Math.abs(second - first);
    const digits = step > 0 ? Math.min(8, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) : 2;
    const isHalf = step > 0 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6;
    return marks.map((mark) => this.fixed(mark, isHalf ? digits + 1 : digits));
  }

  /** A factor such as 61 or 8.4: one decimal below ten. */
  factor(value: number): string {
    return this.fixed(value, value < 9.95 ? 1 : 0);
  }

  /** A size in decimal units, as file managers of today show it: 38.4 KB is 38,400 bytes. */
  bytes(value: number): string {
    if (value < 1000) return `${this.whole(value)} B`;
    const units = ['KB', 'MB', 'GB', 'TB'];
    let scaled = value / 1000;
    let unit = 0;
    while (scaled >= 999.5 && unit < units.length - 1) {
      scaled /= 1000;
      unit += 1;
    }
    return `${this.fixed(scaled, scaled < 99.95 ? 1 : 0)} ${units[unit]}`;
  }

  /** A duration: 0.8 s, 42 s, 3 min 10 s, 2 h 5 min. */
  duration(seconds: number): string {
    const { units } = this.#text;
    if (seconds < 9.95) return units.second(this.fixed(seconds, 1));
    const rounded = Math.round(seconds);
    if (rounded < 60) return units.second(this.whole(rounded));
    if (rounded < 3600) return units.minuteSecond(this.whole(Math.floor(rounded / 60)), this.whole(rounded % 60));
    return units.hourMinute(this.whole(Math.floor(rounded / 3600)), this.whole(Math.floor((rounded % 3600) / 60)));
  }
}
