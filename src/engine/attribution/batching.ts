/** What one run of the runtime may take: it cannot be interrupted, and cancelling should be felt. */
const targetMs = 250;
const largest = 32;

/** How many images the next run should take, given how long the last one took. */
export function nextBatch(images: number, tookMs: number): number {
  const perImage = Math.max(tookMs / images, 0.1);
  return Math.max(1, Math.min(largest, Math.floor(targetMs / perImage)));
}
