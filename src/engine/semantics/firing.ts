/** Share of the images in which a component's activation is above 0. Null of no images. */
export function firingRate(fired: number, images: number): number | null {
  return images === 0 ? null : fired / images;
}

/** How often which activations occur among the images in which a component fires. */
export interface Histogram {
  /** Bin b goes from edges[b] up to, not including, edges[b + 1]; the last one includes its end. [bins + 1] */
  readonly edges: Float64Array;
  /** [bins] */
  readonly counts: Int32Array;
}

/** Bins of equal width from 0 to the highest activation. Activations that are not above 0 are left out. */
export function activationHistogram(activations: Float32Array, bins: number): Histogram {
  const most = activations.reduce((a, b) => Math.max(a, b), 0);
  const edges = Float64Array.from({ length: bins + 1 }, (_, b) => (b === bins ? most : (most / bins) * b));
  const counts = new Int32Array(bins);
  for (const z of activations) {
    if (!(z > 0)) continue;
    let bin = Math.min(bins - 1, Math.floor((z / most) * bins));
    // Division rounds: what lies on an edge belongs to the bin that begins there.
    if (z < edges[bin]!) bin--;
    else if (bin < bins - 1 && z >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return { edges, counts };
}
