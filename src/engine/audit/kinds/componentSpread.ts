import type { JobContext } from '../../../shared/rpc/protocol';
import { pauser } from '../../components/pause';
import type { Library, Pictures } from '../../library/library';
import type { ImageClasses } from '../imageClasses';
import { type Firings, type Spread, spreadOf } from './spread';

/** A component, and the images of the subject that it is asked about. */
export interface SpreadQuestion {
  readonly component: number;
  readonly own: ReadonlySet<number>;
}

/**
 * How components fire on images that are not the subject's: one per question, in order; null where too little fires them
 * there. Questions about one component stand together: its activations are read once.
 */
export async function componentSpreads(
  questions: readonly SpreadQuestion[],
  classes: ImageClasses,
  library: Library,
  study: string,
  pictures: Pictures,
  job: JobContext,
): Promise<readonly (Spread | null)[]> {
  const pause = pauser(job);
  const sizes = new Int32Array(classes.of.reduce((most, one) => Math.max(most, one), -1) + 1);
  for (const one of classes.of) if (one !== -1) sizes[one]!++;
  const found: (Spread | null)[] = [];
  let read: Firing | null = null;
  for (const [i, { component, own }] of questions.entries()) {
    if (read?.component !== component) {
      job.progress({ stage: 'Looking elsewhere', done: i, total: questions.length });
      read = await firingOf(component, library, study, pictures);
    }
    found.push(spreadOf(firings(read, own, classes, sizes)));
    await pause();
  }
  return found;
}

/** Pictures in which a component is active above 0, and how much. */
interface Firing {
  readonly component: number;
  readonly pictures: Int32Array;
  readonly activations: Float32Array;
}

async function firingOf(
  component: number,
  library: Library,
  study: string,
  pictures: Pictures,
): Promise<Firing> {
  const all = await library.activationsOf(study, component, pictures);
  const above = Array.from(all.max.keys()).filter((n) => all.max[n]! > 0);
  return {
    component,
    pictures: Int32Array.from(above, (n) => all.pictures[n]!),
    activations: Float32Array.from(above, (n) => all.max[n]!),
  };
}

function firings(
  { pictures, activations }: Firing,
  own: ReadonlySet<number>,
  classes: ImageClasses,
  sizes: Int32Array,
): Firings {
  const places = Array.from(pictures.keys());
  const isElsewhere = (n: number) => !own.has(pictures[n]!) && classes.of[pictures[n]!] !== -1;
  const elsewhere = places.filter(isElsewhere);
  const others = sizes.slice();
  for (const picture of own) if (classes.of[picture] !== -1) others[classes.of[picture]!]!--;
  return {
    own: Float32Array.from(
      places.filter((n) => own.has(pictures[n]!)),
      (n) => activations[n]!,
    ),
    elsewhere: Float32Array.from(elsewhere, (n) => activations[n]!),
    classes: Int32Array.from(elsewhere, (n) => classes.of[pictures[n]!]!),
    sizes: others,
  };
}
