import type { JobContext } from '../../../shared/rpc/protocol';
import type { ComponentTable } from '../../components/componentTable';
import { pauser } from '../../components/pause';
import type { Library } from '../../library/library';

/** Entries kept of the sample: where pictures have more, some of the components are looked at. */
const KEPT = 1_000_000;

export interface Firings {
  /** Of the components asked: largest activation by picture, where above 0, in the pictures asked. */
  readonly of: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** Of each picture of the sample: largest activation by component, where above 0. */
  readonly sample: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** One pass over the library's activations. */
export async function readFirings(
  library: Library,
  study: string,
  { pictures, perPicture }: Pick<ComponentTable, 'pictures' | 'perPicture'>,
  components: ReadonlySet<number>,
  asked: ReadonlySet<number>,
  sampled: ReadonlySet<number>,
  job: JobContext,
): Promise<Firings> {
  const entries = [...sampled].reduce((sum, picture) => sum + perPicture[picture]!, 0);
  const fraction = Math.min(1, KEPT / Math.max(1, entries));
  // Multiples of the golden ratio lie evenly in [0, 1), wherever numbers of components are cut.
  const isLookedAt = (component: number) => (component * 0.618033988749895) % 1 < fraction;
  const of = new Map([...components].map((component) => [component, new Map<number, number>()]));
  const sample = new Map([...sampled].map((picture) => [picture, new Map<number, number>()]));
  const pause = pauser(job);
  for await (const chunk of library.activations(study, pictures)) {
    for (let n = 0; n < chunk.components.length; n++) {
      const z = chunk.max[n]!;
      if (!(z > 0)) continue;
      const [component, picture] = [chunk.components[n]!, chunk.pictures[n]!];
      if (asked.has(picture)) of.get(component)?.set(picture, z);
      if (isLookedAt(component)) sample.get(picture)?.set(component, z);
    }
    await pause();
  }
  return { of, sample };
}
