/** The other components that are most like some components. The first of them makes a component redundant. */
export interface NearestComponents {
  /** Those that have others to be compared with, in the order asked for. */
  readonly components: Int32Array;
  readonly k: number;
  /** Nearest first, of equals the lower number; −1 after the last one, [components, k]. */
  readonly nearest: Int32Array;
  /** Cosine with each; 0 where there is none, [components, k]. */
  readonly cosines: Float32Array;
}
