/** An array of a file, read whole, row by row. */
export type ProbeArray =
  | { readonly kind: 'numbers'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly kind: 'texts'; readonly shape: readonly number[]; readonly data: readonly string[] };

/** More numbers than any probe has: 20 000 classes of 1600. */
export const mostNumbers = 2 ** 25;
