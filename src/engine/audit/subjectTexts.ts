import type { AuditSubject } from '../../shared/audit';
import type { JobContext } from '../../shared/rpc/protocol';
import type { InTurn, Subject } from '../components/subject';
import { readingNotes, type TextVectors } from '../components/textVectors';
import type { Library } from '../library/library';
import { phrasesOf } from './phrases';

export interface TextReading {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  readonly texts: TextVectors;
}

/** What subjects say and may rely on, as the judge reads it. */
export interface SubjectTexts {
  /** Of a subject: u of its text, then of each concept that it was declared to rely on. [embedding] each. */
  readonly vectors: readonly (readonly Float32Array[])[];
  /** u(""). */
  readonly empty: Float32Array;
  /** What a person should know of how a subject's texts were read. */
  readonly notes: readonly (readonly string[])[];
}

export async function subjectTexts(
  subjects: readonly Pick<AuditSubject, 'text' | 'expected'>[],
  { library, subject, inTurn, texts }: TextReading,
  job: JobContext,
): Promise<SubjectTexts> {
  const asked = subjects.map(({ text, expected }) => [text, ...expected]);
  const distinct = [...new Set(['', ...asked.flat()])];
  const read = await texts.of(distinct, library, subject, inTurn, job);
  const byText = new Map(distinct.map((text, i) => [text, read[i]!]));
  return {
    vectors: asked.map((some) => some.map((text) => byText.get(text)!.vector)),
    empty: byText.get('')!.vector,
    // What the model under study reads is told of its directions.
    notes: asked.map((some) =>
      subject.judge.id === null
        ? []
        : some.flatMap((text) => readingNotes(text, byText.get(text)!, subject.judge.name)),
    ),
  };
}

/** A sub-phrase of a subject's text, as the judge reads it in the place of the whole. */
export interface PhraseVector {
  readonly text: string;
  /** [embedding] */
  readonly vector: Float32Array;
}

/** Sub-phrases by the text that they are of. */
export async function phraseVectors(
  of: readonly string[],
  { library, subject, inTurn, texts }: TextReading,
  job: JobContext,
): Promise<ReadonlyMap<string, readonly PhraseVector[]>> {
  const phrases = new Map(of.map((text) => [text, phrasesOf(text).parts]));
  const distinct = [...new Set([...phrases.values()].flat().map(({ inTemplate }) => inTemplate))];
  const read = await texts.of(distinct, library, subject, inTurn, job);
  const byText = new Map(distinct.map((text, i) => [text, read[i]!.vector]));
  return new Map(
    Array.from(phrases, ([text, parts]) => [
      text,
      parts.map((phrase) => ({ text: phrase.text, vector: byText.get(phrase.inTemplate)! })),
    ]),
  );
}
