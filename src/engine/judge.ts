import type { ImageSource } from '../shared/image';
import type { ImageEmbedder } from './clip/imageEmbedder';
import { prepareImage } from './clip/prepareImage';
import { breather } from './job';
import type { Judge } from './jobs/jobServices';
import { embedderKey, type Model } from './model';

/** A model as a judge. `images` is its image tower; `id` is null where it judges itself. */
export function judgeOf(
  model: Model,
  images: Pick<ImageEmbedder, 'embed' | 'imagesPerRun'>,
  id: string | null,
): Judge {
  const { preprocessing } = model;
  return {
    id,
    embedder: { key: embedderKey(model), info: model.info },
    text: model.text,
    preprocessing,
    embedPixels: (pixels) => images.embed(pixels),
    imagesPerRun: () => images.imagesPerRun(),
    async embed(image: ImageSource, job) {
      const { pixels } = await prepareImage(image, preprocessing);
      await breather(job)();
      const [embedding] = await images.embed([pixels]);
      return embedding!;
    },
  };
}
