/** Patches whose products are summed at once, so that a sum is read and written once for all of them. */
const atOnce = 4;

/** Sums for the covariance of patches, which come one after the other. */
export class PatchSums {
  /** The patch that {@link take} takes: `size` values, to be written anew each time. */
  next: Float64Array;
  readonly #size: number;
  readonly #waiting: Float64Array[];
  readonly #sums: Float64Array;
  /** Sums of products of two values, below and on the diagonal of [size, size]. */
  readonly #products: Float64Array;
  #inLine = 0;
  #count = 0;

  constructor(size: number) {
    this.#size = size;
    this.#waiting = Array.from({ length: atOnce }, () => new Float64Array(size));
    this.next = this.#waiting[0] as Float64Array;
    this.#sums = new Float64Array(size);
    this.#products = new Float64Array(size * size);
  }

  /** Takes what {@link next} holds. */
  take(): void {
    this.#count += 1;
    this.#inLine += 1;
    if (this.#inLine === atOnce) this.#add();
    this.next = this.#waiting[this.#inLine] as Float64Array;
  }

  /** Covariance of the patches that were taken, [size, size]. */
  covariance(): number[][] {
    for (const patch of this.#waiting.slice(this.#inLine)) patch.fill(0);
    this.#add();
    this.next = this.#waiting[0] as Float64Array;
    const count = this.#count;
    return Array.from({ length: this.#size }, (_, i) =>
      Array.from({ length: this.#size }, (_unused, j) => {
        const product = this.#products[Math.max(i, j) * this.#size + Math.min(i, j)] as number;
        return product / count - ((this.#sums[i] as number) / count) * ((this.#sums[j] as number) / count);
      }),
    );
  }

  #add(): void {
    const [p, q, r, s] = this.#waiting as [Float64Array, Float64Array, Float64Array, Float64Array];
    const products = this.#products;
    for (let i = 0, k = 0; i < this.#size; i++, k = i * this.#size) {
      const a = p[i] as number;
      const b = q[i] as number;
      const c = r[i] as number;
      const d = s[i] as number;
      this.#sums[i] = (this.#sums[i] as number) + (a + b + (c + d));
      for (let j = 0; j <= i; j++, k++)
        products[k] =
          (products[k] as number) +
          (a * (p[j] as number) + b * (q[j] as number) + (c * (r[j] as number) + d * (s[j] as number)));
    }
    this.#inLine = 0;
  }
}
