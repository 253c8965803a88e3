import type { AlignedText, Vocabulary } from '../../shared/library';
import type { JobContext } from '../../shared/rpc/protocol';
import { breather } from '../job';
import type { Library } from '../library/library';
import { concat } from '../numeric/vector';
import { type Labels, labels } from '../semantics/labels';
import type { Rows } from '../semantics/rows';
import type { LoadedTable } from './componentTables';
import { Memo } from './sharedWork';
import type { InTurn, Subject } from './subject';
import type { TextVectors } from './textVectors';
import { type TextList, textLists, type VocabularyEntry } from './vocabulary';

/** The label and its runners-up. */
const LABELS = 5;

/** What components are called. */
export interface Labelling {
  /** Best first; none where a component has too few images. */
  of(component: number): readonly AlignedText[];
  readonly notes: readonly string[];
}

export interface LabellerOptions {
  readonly nounsFile: string;
  readonly texts: TextVectors;
  readonly threads: number | undefined;
}

/** A list as a judge reads it. */
interface ReadList {
  readonly entries: readonly VocabularyEntry[];
  readonly rows: Rows;
  /** Texts that the judge cannot read fully. */
  readonly leftOut: number;
}

/** Names all components at once, and keeps what it found until table or vocabulary change. */
export class Labeller {
  private readonly lists = new Memo<ReadList>(4);

  constructor(private readonly options: LabellerOptions) {}

  async label(
    vocabulary: Vocabulary,
    loaded: LoadedTable,
    library: Library,
    subject: Subject,
    inTurn: InTurn,
    job: JobContext,
  ): Promise<Labelling> {
    const named: { readonly list: ReadList; readonly labels: Labels }[] = [];
    for (const list of await textLists(vocabulary, this.options.nounsFile)) {
      if (list.entries.length === 0) continue;
      const read = await this.lists.get(`${subject.judge.key} ${list.hash}`, job, (shared) =>
        this.read(list, library, subject, inTurn, shared),
      );
      const found = await loaded.labels.get(list.hash, job, async (shared) => {
        const [empty] = await this.options.texts.of([''], library, subject, inTurn, shared);
        return this.labelAll(loaded, read, empty!.vector, shared);
      });
      named.push({ list: read, labels: found });
    }
    const leftOut = named.reduce((sum, { list }) => sum + list.leftOut, 0);
    return {
      // The best of both lists are among the best of each.
      of(component) {
        const row = loaded.table.meaningRows[component]!;
        if (row === -1) return [];
        return distinct(named.flatMap(({ list, labels }) => alignedEntries(list, labels, row))).slice(
          0,
          LABELS,
        );
      },
      notes:
        leftOut === 0
          ? []
          : [
              `${leftOut} of the vocabulary's texts are left out: ${subject.judge.name} cannot read all of them.`,
            ],
    };
  }

  private async read(
    { entries }: TextList,
    library: Library,
    subject: Subject,
    inTurn: InTurn,
    job: JobContext,
  ): Promise<ReadList> {
    const phrases = entries.map(({ phrase }) => phrase);
    const kept = await this.options.texts.of(phrases, library, subject, inTurn, job);
    const readable = entries.flatMap((entry, i) => {
      const { vector, truncated, readAs } = kept[i]!;
      return truncated || readAs !== null ? [] : [{ entry, vector }];
    });
    return {
      entries: readable.map(({ entry }) => entry),
      rows: { data: concat(readable.map(({ vector }) => vector)), width: subject.judge.embeddingSize },
      leftOut: entries.length - readable.length,
    };
  }

  private labelAll(
    { table }: LoadedTable,
    { rows }: ReadList,
    empty: Float32Array,
    job: JobContext,
  ): Promise<Labels> {
    const breathe = breather(job);
    const total = table.meanings.components.length;
    return labels(table.meanings, rows, empty, LABELS, {
      threads: this.options.threads,
      async report(done) {
        job.progress({ stage: 'Naming components', done, total });
        await breathe();
      },
    });
  }
}

type AlignedEntry = VocabularyEntry & AlignedText;

function alignedEntries({ entries }: ReadList, { k, entries: found, alignments }: Labels, row: number) {
  return Array.from({ length: k }, (_, i): AlignedEntry => {
    const alignment = alignments[row * k + i]!;
    return { ...entries[found[row * k + i]!]!, alignment };
  });
}

/** Best first; what reads the same is there once, by its shortest name, and each name once. */
function distinct(found: readonly AlignedEntry[]): readonly AlignedText[] {
  const byPhrase = new Map<string, AlignedText>();
  for (const { text, phrase, alignment } of found.toSorted((a, b) => b.alignment - a.alignment)) {
    const known = byPhrase.get(phrase);
    if (known === undefined) byPhrase.set(phrase, { text, alignment });
    else if (text.length < known.text.length) byPhrase.set(phrase, { ...known, text });
  }
  const names = new Set<string>();
  return [...byPhrase.values()].filter(({ text }) => !names.has(text) && names.add(text));
}
