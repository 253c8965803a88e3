import type { Vocabulary } from '../../../shared/library';
import type { JobContext } from '../../../shared/rpc/protocol';
import type { InTurn, Subject } from '../../components/subject';
import type { TextVectors } from '../../components/textVectors';
import { textLists } from '../../components/vocabulary';
import type { Library } from '../../library/library';
import { concat } from '../../numeric/vector';
import type { Rows } from '../../semantics/rows';

/** The texts of a vocabulary that the judge reads fully, and their unit embeddings, [texts, embedding]. */
export interface VocabularyRows {
  readonly texts: readonly string[];
  readonly rows: Rows;
}

export async function vocabularyRows(
  vocabulary: Vocabulary,
  nounsFile: string,
  texts: TextVectors,
  library: Library,
  subject: Subject,
  inTurn: InTurn,
  job: JobContext,
): Promise<VocabularyRows> {
  const entries = (await textLists(vocabulary, nounsFile)).flatMap((list) => list.entries);
  const phrases = [...new Map(entries.map((entry) => [entry.phrase, entry])).values()];
  const kept = await texts.of(
    phrases.map(({ phrase }) => phrase),
    library,
    subject,
    inTurn,
    job,
  );
  const read = phrases.flatMap((entry, i) =>
    kept[i]!.truncated || kept[i]!.readAs !== null ? [] : [{ text: entry.text, vector: kept[i]!.vector }],
  );
  return {
    texts: read.map(({ text }) => text),
    rows: { data: concat(read.map(({ vector }) => vector)), width: subject.judge.embeddingSize },
  };
}
