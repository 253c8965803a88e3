import type { ImageSource } from '../../shared/image';
import type { PreparedImage } from '../clip/prepareImage';
import { type Outcome, outcomeOf } from '../outcome';
import { batches, startedAhead } from '../sequences';
import type { KeptImage } from './attribute';
import { imageKey, type KeptImages } from './keptImages';

export interface ObservedImage {
  /** Under which it is kept. */
  readonly key: string;
  readonly image: KeptImage;
}

export interface Observer {
  readonly kept: KeptImages;
  prepare(source: ImageSource): Promise<PreparedImage>;
  /** One trunk pass. */
  observe(images: readonly PreparedImage[]): Promise<readonly KeptImage[]>;
}

/** Images decoded before their turn. */
const decodedAhead = 8;
/** What one run of the runtime may take: it cannot be interrupted, and cancelling should be felt. */
const runMs = 250;
const largestRun = 32;

/**
 * What the images gave, in order, as they come: those kept as they are, the others by trunk passes over as many of
 * them at a time as take about a quarter of a second.
 */
export async function* observeAll(
  sources: readonly ImageSource[],
  { kept, prepare, observe }: Observer,
  between: () => Promise<void>,
): AsyncGenerator<Outcome<ObservedImage>> {
  const open = (source: ImageSource) =>
    outcomeOf(async () => {
      const key = await imageKey(source);
      const image = kept.get(key);
      return image === undefined ? { key, prepared: await prepare(source) } : { key, image };
    });
  let size = 1;
  for await (const batch of batches(startedAhead(sources, decodedAhead, open), () => size)) {
    await between();
    const fresh = batch.flatMap((one) =>
      one.kind === 'ready' && 'prepared' in one.value ? [one.value.prepared] : [],
    );
    const started = performance.now();
    const seen = (fresh.length === 0 ? [] : await observe(fresh)).values();
    if (fresh.length > 0) size = runSize((performance.now() - started) / fresh.length);
    for (const one of batch) {
      if (one.kind === 'failure') yield one;
      else {
        const { key } = one.value;
        const image = 'image' in one.value ? one.value.image : seen.next().value;
        if (image === undefined) throw new Error('a trunk pass gave fewer images than it was given');
        yield { kind: 'ready', value: { key, image } };
      }
    }
  }
}

/** Images per run, where one takes so many milliseconds. */
export function runSize(msPerImage: number): number {
  return Math.max(1, Math.min(largestRun, Math.floor(runMs / msPerImage)));
}
