/**
 * Shape-preserving piecewise cubic Hermite interpolation (PCHIP: Fritsch and Butland 1984, with the three-point end
 * slopes of Moler's *Numerical Computing with MATLAB*): it neither overshoots nor turns between points.
 */
export class PiecewiseCubic {
  readonly #x: readonly number[];
  readonly #y: readonly number[];
  readonly #slopes: readonly number[];

  /** @param x strictly rising, at least 2; `y` has as many */
  constructor(x: readonly number[], y: readonly number[]) {
    this.#x = x;
    this.#y = y;
    this.#slopes = slopesOf(x, y);
  }

  get first(): number {
    return this.#x[0] as number;
  }

  get last(): number {
    return this.#x[this.#x.length - 1] as number;
  }

  /** The value at `x`, within the points' range. */
  at(x: number): number {
    const next = this.#x.findIndex((end, index) => index > 0 && x <= end);
    const index = (next === -1 ? this.#x.length - 1 : next) - 1;
    const { y, slope, quadratic, cubic } = this.#piece(index);
    const t = x - (this.#x[index] as number);
    return y + t * (slope + t * (quadratic + t * cubic));
  }

  /** The exact integral from `from` to `to`, both within the points' range. */
  integral(from: number, to: number): number {
    let sum = 0;
    for (let index = 0; index + 1 < this.#x.length; index++) {
      const left = this.#x[index] as number;
      const right = this.#x[index + 1] as number;
      const start = Math.max(from, left);
      const end = Math.min(to, right);
      if (start < end) sum += this.#primitive(index, end - left) - this.#primitive(index, start - left);
    }
    return sum;
  }

  /** Integral of piece `index` from its start over a length `t`. */
  #primitive(index: number, t: number): number {
    const { y, slope, quadratic, cubic } = this.#piece(index);
    return t * (y + t * (slope / 2 + t * (quadratic / 3 + (t * cubic) / 4)));
  }

  /** Coefficients of piece `index` as a polynomial in the distance from its start. */
  #piece(index: number): { y: number; slope: number; quadratic: number; cubic: number } {
    const width = (this.#x[index + 1] as number) - (this.#x[index] as number);
    const y = this.#y[index] as number;
    const secant = ((this.#y[index + 1] as number) - y) / width;
    const slope = this.#slopes[index] as number;
    const nextSlope = this.#slopes[index + 1] as number;
    const quadratic = (3 * secant - 2 * slope - nextSlope) / width;
    const cubic = (slope + nextSlope - 2 * secant) / width ** 2;
    return { y, slope, quadratic, cubic };
  }
}

function slopesOf(x: readonly number[], y: readonly number[]): number[] {
  const widths = x.slice(1).map((value, index) => value - (x[index] as number));
  const secants = widths.map((width, index) => ((y[index + 1] as number) - (y[index] as number)) / width);
  if (secants.length === 1) return [secants[0] as number, secants[0] as number];
  const last = secants.length - 1;
  return x.map((_, index) => {
    if (index === 0) return endSlope(widths, secants, 0, 1);
    if (index === x.length - 1) return endSlope(widths, secants, last, last - 1);
    return innerSlope(widths, secants, index);
  });
}

/** Weighted harmonic mean of the secants on both sides; 0 at a turn. */
function innerSlope(widths: number[], secants: number[], index: number): number {
  const before = secants[index - 1] as number;
  const after = secants[index] as number;
  if (before * after <= 0) return 0;
  const widthBefore = widths[index - 1] as number;
  const widthAfter = widths[index] as number;
  const weightBefore = 2 * widthAfter + widthBefore;
  const weightAfter = widthAfter + 2 * widthBefore;
  return (weightBefore + weightAfter) / (weightBefore / before + weightAfter / after);
}

/** Slope of the parabola through the three outermost points, limited so that the shape is kept. */
function endSlope(widths: number[], secants: number[], outer: number, inner: number): number {
  const width = widths[outer] as number;
  const nextWidth = widths[inner] as number;
  const secant = secants[outer] as number;
  const nextSecant = secants[inner] as number;
  const slope = ((2 * width + nextWidth) * secant - width * nextSecant) / (width + nextWidth);
  if (Math.sign(slope) !== Math.sign(secant)) return 0;
  if (Math.sign(secant) !== Math.sign(nextSecant) && Math.abs(slope) > 3 * Math.abs(secant)) return 3 * secant;
  return slope;
}
