import type { JobContext } from '../../shared/rpc/protocol';
import type { ComponentTable } from '../components/componentTable';
import type { Subject } from '../components/subject';
import type { Library } from '../library/library';
import { type LeftOutSamples, ownImagesLeftOut, sampleCount } from './ownImagesLeftOut';
import { pairAlignments } from './pairAlignments';
import { hasMeaning } from './pairs';
import type { SubjectTexts } from './subjectTexts';

/** A pair of subject and component that is active enough to be tested. */
export interface ActivePair {
  readonly subject: number;
  readonly component: number;
  /** Images in which it is active. */
  readonly active: number;
  /** Mean share over the images. */
  readonly measured: number;
}

/** One that has a meaning without the subject's own images. */
export interface AlignedPair extends ActivePair {
  /** Pictures that its meaning is read from. */
  readonly samples: LeftOutSamples;
  readonly sampleCount: number;
  /** With the subject's text, then with each concept that it was declared to rely on. */
  readonly alignments: readonly number[];
  /** The largest of them. */
  readonly alignment: number;
}

export interface Aligning {
  readonly library: Library;
  readonly subject: Subject;
  readonly table: ComponentTable;
  /** Of each subject, all the pictures that are its own. */
  readonly own: (subject: number) => ReadonlySet<number>;
  readonly texts: SubjectTexts;
}

/** Pairs whose component has a meaning without the subject's own images, with their alignments; in no order. */
export async function alignedPairs(
  pairs: readonly ActivePair[],
  { library, subject, table, own, texts }: Aligning,
  job: JobContext,
): Promise<readonly AlignedPair[]> {
  // One component after the other: what is read of it is then read once.
  const sorted = pairs.toSorted((a, b) => a.component - b.component || a.subject - b.subject);
  const samples = await ownImagesLeftOut(
    sorted.map((pair) => ({ component: pair.component, own: own(pair.subject) })),
    library,
    subject.study.key,
    table,
    job,
  );
  const alignments = await pairAlignments(
    sorted.map((pair, i) => ({
      component: pair.component,
      samples: samples[i]!,
      texts: texts.vectors[pair.subject]!,
    })),
    texts.empty,
    library,
    subject,
    table,
    job,
  );
  return sorted.flatMap((pair, i) => {
    const found = alignments[i]!;
    const count = sampleCount(samples[i]!, pair.component, table);
    if (found === null || !hasMeaning(count)) return [];
    return [
      {
        ...pair,
        samples: samples[i]!,
        sampleCount: count,
        alignments: found,
        alignment: Math.max(...found),
      },
    ];
  });
}
