import type { ImageSource } from '../shared/image';
import { prepareImage } from './clip/prepareImage';
import { breather } from './job';
import type { Judge } from './jobs/jobServices';
import { embedderKey, type Model } from './model';

/** A model as a judge, with its image tower; `id` is null where it judges itself. */
export function judgeOf(
  model: Model,
  towers: Pick<Judge, 'images' | 'background'>,
  id: string | null,
): Judge {
  const { preprocessing } = model;
  return {
    id,
    embedder: { key: embedderKey(model), info: model.info },
    text: model.text,
    preprocessing,
    ...towers,
    async embed(image: ImageSource, job) {
      const { pixels } = await prepareImage(image, preprocessing);
      await breather(job)();
      const [embedding] = await towers.images.embed([pixels]);
      return embedding!;
    },
  };
}
