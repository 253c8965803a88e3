import type { ComponentMap } from '../../shared/library';
import type { JobContext } from '../../shared/rpc/protocol';
import { breather } from '../job';
import { nearestRows } from '../semantics/nearestRows';
import type { Meanings } from '../semantics/semanticEmbedding';
import { pca } from './layout/pca';
import type { Positions } from './layout/positions';
import { umap, umapNeighbours } from './layout/umap';

/** Where components lie by what they mean, in the order of the meanings. */
export async function componentPositions(
  { units, components }: Meanings,
  layout: ComponentMap['layout'],
  threads: number | undefined,
  job: JobContext,
): Promise<Positions> {
  const { signal } = job;
  switch (layout) {
    case 'pca':
      return pca(units, { threads, signal });
    case 'umap': {
      const breathe = breather(job);
      const total = components.length;
      // One more, for each is among its own.
      const { k, others, products } = await nearestRows(units, units, umapNeighbours + 1, {
        threads,
        async report(done) {
          job.progress({ stage: 'Comparing components', done, total });
          await breathe();
        },
      });
      const onProgress = (done: number, of: number) =>
        job.progress({ stage: 'Laying out the map', done, total: of });
      return umap(units, { k, others, cosines: products }, { signal, threads, onProgress });
    }
  }
}
