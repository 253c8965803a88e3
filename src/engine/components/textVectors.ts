import { ClipsightError } from '../../shared/errors';
import type { JobContext } from '../../shared/rpc/protocol';
import { breather } from '../job';
import type { KeptText, Library } from '../library/library';
import { Lru } from '../numeric/lru';
import type { InTurn, Subject } from './subject';

/** Texts encoded in one turn: other jobs go in between. */
const SLICE = 256;
/** Texts remembered of each judge, beside those that the library keeps. */
const REMEMBERED = 80_000;
/** Judges remembered. */
const JUDGES = 2;

/** Text embeddings of judges: remembered, kept by the library where this process may write, else computed. */
export class TextVectors {
  private readonly judges = new Lru<Lru<KeptText>>(JUDGES, () => 1);

  /** One per text, in order. */
  async of(
    texts: readonly string[],
    library: Library,
    { judge }: Subject,
    inTurn: InTurn,
    job: JobContext,
  ): Promise<readonly KeptText[]> {
    const remembered = this.rememberedOf(judge.key);
    const found = new Map<string, KeptText>();
    const remember = (some: ReadonlyMap<string, KeptText>): void => {
      for (const [text, kept] of some) {
        found.set(text, kept);
        remembered.set(text, kept);
      }
    };
    const missing = (): string[] => [...new Set(texts)].filter((text) => !found.has(text));
    for (const text of missing()) {
      const known = remembered.get(text);
      if (known !== undefined) found.set(text, known);
    }
    const unknown = missing();
    if (unknown.length > 0) remember(await library.texts(judge.key, unknown));
    const unread = missing();
    const mayKeep = unread.length > 0 && library.access.kind === 'owner';
    if (mayKeep) await library.useEmbedder(judge.embedder);
    const report = (done: number): void =>
      job.progress({ stage: 'Reading the vocabulary', done, total: unread.length });
    for (let start = 0; start < unread.length; start += SLICE) {
      report(start);
      const slice = unread.slice(start, start + SLICE);
      const embedded = await inTurn(job, (turn) => turn.judge.text.embed(slice, breather(job)));
      const fresh = new Map(slice.map((text, i) => [text, embedded[i]!]));
      remember(fresh);
      if (mayKeep) await library.keepTexts(judge.key, fresh);
    }
    if (unread.length > 0) report(unread.length);
    return texts.map((text) => found.get(text)!);
  }

  private rememberedOf(judge: string): Lru<KeptText> {
    const known = this.judges.get(judge) ?? new Lru<KeptText>(REMEMBERED, () => 1);
    this.judges.set(judge, known);
    return known;
  }
}

/** Throws ClipsightError `prompt` where there are no words. */
export function demandText(text: string): void {
  if (text.trim() !== '') return;
  throw new ClipsightError('prompt', 'The text is empty.', 'Write what pictures might show.');
}

/** What a person should know of how a judge reads a text. */
export function readingNotes(
  text: string,
  { truncated, readAs }: Omit<KeptText, 'vector'>,
  judge: string,
): readonly string[] {
  const quoted = (words: string) => `“${words.length > 60 ? `${words.slice(0, 60)}…` : words}”`;
  return [
    ...(truncated ? [`${quoted(text)} is too long for ${judge}: the rest of it is ignored.`] : []),
    ...(readAs === null
      ? []
      : [`${quoted(text)} has characters that ${judge} does not know: it reads ${quoted(readAs)}.`]),
  ];
}
