/** A TensorFlow graph under construction: operations in the order in which they were added. */

export type DType = 'float32' | 'int32' | 'int16' | 'uint8' | 'bfloat16' | 'bool' | 'string' | 'resource';
export type Shape = readonly number[];

/** A value of an attribute, in the form of TensorFlow's AttrValue. */
export type Attribute =
  | { type: DType }
  | { shape: Shape }
  | { int: number }
  | { bool: boolean }
  | { float: number }
  | { string: string }
  | { ints: readonly number[] }
  | { tensor: { data: Float32Array | Int32Array; shape: Shape; dtype: DType } };

/** The (only) output of an operation, with its shape known when the graph is written. */
export interface Value {
  readonly operation: Operation;
  readonly shape: Shape;
  readonly dtype: DType;
}

export interface Operation {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly Value[];
  readonly controls: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A trainable or state variable: its handle, and the value read at the start of the step. */
export interface Variable {
  readonly name: string;
  readonly handle: Value;
  readonly value: Value;
  readonly shape: Shape;
}

export interface Signature {
  inputs: Record<string, Value>;
  outputs: Record<string, Value>;
}

export interface OperationOptions {
  attributes?: Record<string, Attribute>;
  /** Values that must have been computed before. */
  controls?: readonly Value[];
  name?: string;
}

/** Product of the dimensions. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Collects operations, variables and signatures; `writeSavedModel` turns the result into bytes. */
export class Graph {
  readonly operations: Operation[] = [];
  readonly variables: Variable[] = [];
  readonly initialisers: Value[] = [];
  readonly signatures = new Map<string, Signature>();
  readonly #names = new Map<string, number>();

  add(type: string, inputs: readonly Value[], shape: Shape, dtype: DType, options: OperationOptions = {}): Value {
    const operation: Operation = {
      name: this.#uniqueName(options.name ?? type),
      type,
      inputs,
      controls: options.controls ?? [],
      attributes: options.attributes ?? {},
    };
    this.operations.push(operation);
    return { operation, shape, dtype };
  }

  placeholder(name: string, shape: Shape, dtype: DType): Value {
    return this.add('Placeholder', [], shape, dtype, {
      name,
      attributes: { dtype: { type: dtype }, shape: { shape } },
    });
  }

  constant(data: Float32Array | Int32Array, shape: Shape): Value {
    const dtype: DType = data instanceof Int32Array ? 'int32' : 'float32';
    if (data.length !== sizeOf(shape))
      throw new Error(`Constant of ${data.length} values given shape [${shape.join(', ')}].`);
    return this.add('Const', [], shape, dtype, {
      attributes: { dtype: { type: dtype }, value: { tensor: { data, shape, dtype } } },
    });
  }

  scalar(value: number): Value {
    return this.constant(Float32Array.of(value), []);
  }

  integers(values: readonly number[]): Value {
    return this.constant(Int32Array.from(values), [values.length]);
  }

  /** A float32 variable that lives in the session; `initial` is its value after loading. */
  variable(name: string, shape: Shape, initial: Float32Array): Variable {
    const dtype = { dtype: { type: 'float32' } } as const;
    const handle = this.add('VarHandleOp', [], [], 'resource', {
      name: `${name}/handle`,
      attributes: { ...dtype, shape: { shape }, shared_name: { string: name }, container: { string: '' } },
    });
    const value = this.constant(initial, shape);
    this.initialisers.push(this.add('AssignVariableOp', [handle, value], [], 'resource', { attributes: dtype }));
    const variable = { name, handle, shape, value: this.read(handle, shape) };
    this.variables.push(variable);
    return variable;
  }

  /** The value of a variable after everything in `controls` has happened. */
  read(handle: Value, shape: Shape, controls: readonly Value[] = []): Value {
    return this.add('ReadVariableOp', [handle], shape, 'float32', {
      attributes: { dtype: { type: 'float32' } },
      controls,
    });
  }

  assign(handle: Value, value: Value, controls: readonly Value[] = []): Value {
    return this.add('AssignVariableOp', [handle, value], [], 'resource', {
      attributes: { dtype: { type: 'float32' } },
      controls,
    });
  }

  signature(name: string, signature: Signature): void {
    this.signatures.set(name, signature);
  }

  #uniqueName(wanted: string): string {
    const count = this.#names.get(wanted) ?? 0;
    this.#names.set(wanted, count + 1);
    return count === 0 ? wanted : `${wanted}_${count}`;
  }
}
