import type { ComputeType } from '../graph/compute-type.ts';
import type { Graph, Value } from '../graph/graph.ts';
import type { InputValues } from '../graph/session.ts';
import type { OptimiserSettings } from './optimiser.ts';
import type { Schedule } from './schedule.ts';

/** A trainable array with its first value. */
export interface ProgramParameter {
  name: string;
  shape: number[];
  initial: Float32Array;
  /** Factor on the learning rate; 0 keeps the parameter as it is, as a constant of the graph. */
  rate: number;
}

export interface ProgramLoss {
  /** The scalar that is made small. */
  loss: Value;
  /** Scalars to show, by name. */
  reported: Record<string, Value>;
}

/** What the loss of one step is computed from. */
export interface ProgramContext {
  graph: Graph;
  /** Training pictures [batch, height, width, channels], float32, 0..1. */
  photos: Value;
  /** int32 [2], another one for each step: all that is random in the step follows from it. */
  seed: Value;
  parameter(name: string): Value;
  /** Number type for the layers of networks. */
  computeType: ComputeType;
}

/** What is particular to the training of one kind of model; everything else is the trainer's. */
export interface TrainingProgram {
  batch: number;
  /** Side of the patches that are asked of the source. */
  patch: number;
  /** Shape of one training picture, [height, width, channels], where it is not an RGB patch. */
  picture?: readonly [number, number, number];
  optimiser: OptimiserSettings;
  learningRate: number;
  schedule?: Schedule;
  /** Largest global norm of the gradients; 0 does not clip. */
  clipNorm: number;
  /** Decay of the moving average of the weights, which is what gets validated and kept; 0 keeps the weights. */
  averageDecay: number;
  /** Factors on the sums of absolute and of squared weights, added to the loss; biases are left out. */
  penalty?: { l1: number; l2: number };
  parameters: ProgramParameter[];
  /** Inputs of each step beside photos, with their shapes. */
  inputs: Record<string, readonly number[]>;
  /** Values of those inputs for a step, by the step's number alone. */
  inputValues(step: number): Record<string, InputValues>;
  /** Values of inputs that are measured on the photos of a step. */
  measuredInputs?(step: number): Promise<Record<string, InputValues>>;
  loss(context: ProgramContext, inputs: Readonly<Record<string, Value>>): ProgramLoss;
}
