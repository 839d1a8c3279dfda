import type { DType, Graph, Value } from '../graph/graph.ts';
import { add, addApart, cast } from '../graph/operations.ts';

/**
 * A sum of float32 values and bfloat16 ones that is not yet added up: what a chain of residual blocks in bfloat16 adds
 * to a float32 value. The bfloat16 part grows in bfloat16, where each addition is fused with the convolution before it,
 * and the float32 part is not rounded; both come together where a layer reads them.
 */
export class MixedSum {
  readonly #exact: readonly Value[];
  readonly #rounded: Value;

  private constructor(exact: readonly Value[], rounded: Value) {
    this.#exact = exact;
    this.#rounded = rounded;
  }

  /** The sum of what a layer adds; undefined where all of it is in one number type. */
  static of(graph: Graph, summands: readonly (Value | MixedSum)[]): MixedSum | undefined {
    const parts = summands.map((summand) => (summand instanceof MixedSum ? summand : partsOf(summand)));
    const exact = parts.flatMap((part) => (part instanceof MixedSum ? part.#exact : part.exact));
    const [first, ...others] = parts.flatMap((part) => (part instanceof MixedSum ? [part.#rounded] : part.rounded));
    if (exact.length === 0 || first === undefined) return undefined;
    return new MixedSum(
      exact,
      others.reduce((sum, value) => add(graph, sum, value), first),
    );
  }

  /** Two values at a time: TensorFlow adds up more than two of a large picture one by one into a variable. */
  valueIn(graph: Graph, type: DType): Value {
    const addTo = (sum: Value, value: Value): Value => addApart(graph, sum, value);
    if (type === 'float32') return this.#exact.reduce(addTo, cast(graph, this.#rounded, type));
    const exact = this.#exact.reduce(addTo);
    return addTo(cast(graph, exact, type), cast(graph, this.#rounded, type));
  }
}

function partsOf(value: Value): { exact: Value[]; rounded: Value[] } {
  return value.dtype === 'float32' ? { exact: [value], rounded: [] } : { exact: [], rounded: [value] };
}
