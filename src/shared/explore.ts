import type { ExportedFile, ModelKind, SkippedFile } from './contract.ts';

/** What the calls of `explore` give. Pictures of a library are named by their place in it. */

/** Pictures with their codes, which stay in the engine. */
export interface LibrarySummary {
  libraryId: string;
  modelId: string;
  kind: ModelKind;
  codeLength: number;
  /** Of the files. */
  names: string[];
  /** Files of the pictures; null for pictures of an IDX file. */
  paths: string[] | null;
  /** Of the files, in bytes. */
  sizes: number[];
  /** What an IDX file says that its pictures show; null without it. */
  labels: number[] | null;
  /** Photos whose codes were computed, since the index did not have them. */
  computed: number;
  /** Photos that have gone from the disk, and so from the index. */
  removed: number;
  /** True where the index was damaged and was built anew. */
  wasRebuilt: boolean;
  skipped: SkippedFile[];
}

/** A picture that is like another one; similarity is the cosine of their codes, -1..1. */
export interface Neighbour {
  index: number;
  similarity: number;
}

export interface SimilarResult {
  /** For each photo the one most like it; null for a photo that is like none. */
  nearest: (Neighbour | null)[];
  /** Photos that are copies of one another, with small changes; the largest file first. */
  groups: number[][];
}

/** Squares of pictures in rows, as one JPEG. */
export interface PictureSheet {
  jpeg: Uint8Array;
  columns: number;
  /** Of each square, in pixels. */
  side: number;
}

export interface MapResult {
  /** Places of the pictures, two numbers each, within -1..1. */
  points: number[];
}

/** For each picture of a library, in its order. */
export interface SortResult {
  /** Place of its class among the classes. */
  labels: number[];
  /** 0..1; 1 for a picture whose class was given. */
  confidences: number[];
  /** Part of the given pictures that is put into its class without having been seen; null where a class has but one. */
  accuracy: number | null;
}

/** A photo that stands out. */
export interface OddPhoto {
  index: number;
  reason: 'restoredBadly' | 'littleDetail' | 'unlikeOthers';
  /** Robust deviations from the median of all. */
  score: number;
}

/** Pictures that a model made, in rows, as one PNG. */
export interface GeneratedPictures extends ExportedFile {
  count: number;
  columns: number;
  /** Of each, in pixels. */
  width: number;
  height: number;
}

export interface LatentDirections {
  /** Standard deviation of codes along each direction, largest first. */
  deviations: number[];
}
