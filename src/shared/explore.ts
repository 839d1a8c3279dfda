import type { ModelKind, SkippedFile } from './contract.ts';

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
