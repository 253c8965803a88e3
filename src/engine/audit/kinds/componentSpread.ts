import type { JobContext } from '../../../shared/rpc/protocol';
import { pauser } from '../../components/pause';
import type { Library, Pictures } from '../../library/library';
import type { ImageClasses } from '../imageClasses';
import { type Spread, spreadOf } from './spread';

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
  const found: (Spread | null)[] = [];
  let read = { component: -1, activations: new Float32Array(0) };
  for (const [i, { component, own }] of questions.entries()) {
    if (read.component !== component) {
      job.progress({ stage: 'Looking elsewhere', done: i, total: questions.length });
      const firing = await library.activationsOf(study, component, pictures);
      const activations = new Float32Array(pictures.sha256.length);
      firing.pictures.forEach((picture, n) => {
        activations[picture] = Math.max(0, firing.max[n]!);
      });
      read = { component, activations };
    }
    const elsewhere = Array.from(classes.of.keys()).filter(
      (picture) => classes.of[picture] !== -1 && !own.has(picture),
    );
    found.push(
      spreadOf({
        own: Float32Array.from(own, (picture) => read.activations[picture]!).filter((z) => z > 0),
        classes: Int32Array.from(elsewhere, (picture) => classes.of[picture]!),
        elsewhere: Float32Array.from(elsewhere, (picture) => read.activations[picture]!),
      }),
    );
    await pause();
  }
  return found;
}
