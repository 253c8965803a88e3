import type { AuditRequest, KindTest } from '../../../shared/audit';
import type { JobContext } from '../../../shared/rpc/protocol';
import type { LoadedTable } from '../../components/componentTables';
import type { InTurn, Subject } from '../../components/subject';
import type { TextVectors } from '../../components/textVectors';
import type { Library } from '../../library/library';
import type { Audited, Kinds, Mismatch } from '../parts';
import { judgedTests } from './judgedTests';
import { readMaterial } from './material';
import { writtenTests } from './writtenTests';

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

/** The first that holds names the finding. */
const precedence = [
  'written',
  'compound',
  'homonym',
  'artefact',
] as const satisfies readonly KindTest['kind'][];

/**
 * Which kind each finding is, by the four tests of docs/audit.md, *Kinds*: one per finding, in order, all four tests in
 * each. What findings share (drawn words, texts, embeddings of pictures) is computed once for all. It takes turns for
 * the texts and for running the model on drawn words, some hundred passes and a dozen for each subject with findings;
 * the rest is read from the library. Throws ClipsightError `cancelled`, `library` where a picture was forgotten
 * meanwhile, `checkpoint` where files changed.
 */
export async function kindsOf(question: KindsQuestion, job: JobContext): Promise<readonly Kinds[]> {
  if (question.findings.length === 0) return [];
  const material = await readMaterial(question, job);
  const judged = await judgedTests(question, material, job);
  const written = await writtenTests(question, material, job);
  return question.findings.map((_, i) => {
    const tests = [written[i]!, ...judged[i]!];
    const kind = precedence.find((one) => tests.some((test) => test.kind === one && test.holds));
    return { kind: kind ?? 'unexplained', tests };
  });
}
