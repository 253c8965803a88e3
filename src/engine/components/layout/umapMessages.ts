/** What the worker is started with; it is told nothing else. */
export interface UmapInput {
  /** Neighbours of each row, itself not among them, nearest first. [rows, k] */
  readonly others: Int32Array;
  /** [rows, k] */
  readonly distances: Float32Array;
  readonly k: number;
  /** Where the rows start. */
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** What the worker says. */
export type UmapMessage =
  | { readonly kind: 'epoch'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly x: Float32Array; readonly y: Float32Array };
