import type { JobContext } from '../../../shared/rpc/protocol';
import { breather } from '../../job';
import { evenly } from '../../numeric/evenly';
import { dot, normalise } from '../../numeric/vector';
import { rowOf } from '../../semantics/rows';
import { readTogether } from './chunks';
import { meanOf } from './compound';
import { contentWords } from './contentWords';
import type { KindsQuestion } from './kindsOf';
import type { Case, Material } from './material';
import { fewestForRank } from './resampling';
import { rowsOf } from './splits';
import { inPlaceOf, phrasesOf } from './words';

/** Texts read in one turn. */
const SLICE = 64;
/** Other subjects' texts that a subject's is compared with. */
const SUBJECTS = 200;

export interface WordScore {
  /** Mean score of the component's other pictures by the model under study, for the subject's text. */
  readonly score: number;
  /** For texts of other words, none of them the subject's. */
  readonly controls: Float64Array;
}

/** One per finding, in order. Without controls where the library has none of the model's embeddings of the pictures. */
export async function wordScores(
  { audited, library, subject, loaded, inTurn, request }: KindsQuestion,
  { cases, template, vocabulary }: Material,
  job: JobContext,
): Promise<readonly WordScore[]> {
  const { pictures } = loaded.table;
  const wordsOf = (text: string) => contentWords(text, template).map(({ word }) => word.toLowerCase());
  const asked = new Map<string, ReadonlySet<string>>();
  const others = evenly([...new Set(audited.map(({ text }) => text))], SUBJECTS);
  for (const text of [...others, ...cases.map((one) => one.subject.text)])
    asked.set(text, new Set(wordsOf(text)));
  const enough = 2 * fewestForRank(request.level);
  const made = new Map<string, readonly string[]>();
  if (others.length <= enough) {
    for (const { subject: of, content } of cases) {
      const phrases = phrasesOf(
        vocabulary.entries.map(({ text }) => text),
        content.length,
      );
      const texts = evenly(phrases, enough).flatMap(
        (phrase) => inPlaceOf(of.text, content, phrase.split(' ')) ?? [],
      );
      made.set(of.text, texts);
      for (const text of texts) asked.set(text, new Set(wordsOf(text)));
    }
  }
  const vectors = new Map<string, Float32Array>();
  const texts = [...asked.keys()];
  for (let start = 0; start < texts.length; start += SLICE) {
    const slice = texts.slice(start, start + SLICE);
    const read = await inTurn(job, ({ study }) => study.model.text.embed(slice, breather(job)));
    for (const [i, text] of slice.entries()) vectors.set(text, read[i]!.vector);
    job.progress({ stage: 'Reading other words', done: start + slice.length, total: texts.length });
  }
  const results: WordScore[] = [];
  const pictureRows = async (some: readonly Case[]) => {
    const numbers = [...new Set(some.flatMap(({ elsewhere }) => [...elsewhere]))];
    const { rows, present } = await library.embeddings(
      subject.embedder,
      numbers.map((picture) => pictures.sha256[picture]!),
    );
    return new Map(
      numbers.flatMap((picture, i) => (present[i] === 1 ? [[picture, rowOf(rows, i)] as const] : [])),
    );
  };
  for await (const { one, read: known } of readTogether(cases, pictureRows)) {
    const { subject: of, elsewhere } = one;
    const units = Array.from(elsewhere).flatMap((picture) => {
      const embedding = known.get(picture);
      return embedding === undefined ? [] : [normalise(embedding)];
    });
    if (units.length === 0) {
      results.push({ score: 0, controls: new Float64Array() });
      continue;
    }
    const mean = meanOf(rowsOf(units));
    const own = asked.get(of.text)!;
    const controls = [...others, ...(made.get(of.text) ?? [])].filter((text) =>
      [...asked.get(text)!].every((word) => !own.has(word)),
    );
    results.push({
      score: dot(mean, vectors.get(of.text)!),
      controls: Float64Array.from(controls, (text) => dot(mean, vectors.get(text)!)),
    });
  }
  return results;
}
