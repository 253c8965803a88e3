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
  /** `ofMany`: whether others are prepared at the same time. */
  prepare(source: ImageSource, ofMany: boolean): Promise<PreparedImage>;
  /** One trunk pass. */
  observe(images: readonly PreparedImage[]): Promise<readonly KeptImage[]>;
  /** Images that the next pass takes best. */
  imagesPerRun(): number;
}

/** Images decoded before their turn. */
const decodedAhead = 8;

/**
 * What the images gave, in order, as they come: those kept as they are, the others by trunk passes over several at a
 * time.
 */
export async function* observeAll(
  sources: readonly ImageSource[],
  { kept, prepare, observe, imagesPerRun }: Observer,
  between: () => Promise<void>,
): AsyncGenerator<Outcome<ObservedImage>> {
  const ofMany = sources.length > decodedAhead;
  const open = (source: ImageSource) =>
    outcomeOf(async () => {
      const key = await imageKey(source);
      const image = kept.get(key);
      return image === undefined ? { key, prepared: await prepare(source, ofMany) } : { key, image };
    });
  for await (const batch of batches(startedAhead(sources, decodedAhead, open), imagesPerRun)) {
    await between();
    const fresh = batch.flatMap((one) =>
      one.kind === 'ready' && 'prepared' in one.value ? [one.value.prepared] : [],
    );
    const seen = (fresh.length === 0 ? [] : await observe(fresh)).values();
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
