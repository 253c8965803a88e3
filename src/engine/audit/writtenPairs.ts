import type { KindTest } from '../../shared/audit';
import type { JobContext } from '../../shared/rpc/protocol';
import type { AlignedPair } from './alignedPairs';
import { type ContentWord, contentWords, templateWords } from './kinds/contentWords';
import { impossible } from './kinds/sentences';
import { joined } from './kinds/words';
import { readers, type WrittenCase, writtenTests } from './kinds/writtenTests';
import type { StructureGrounds, StructureQuestion } from './structure';

/** Whether components read what subjects say: one test per pair, in order. Takes turns: words are drawn and run. */
export async function writtenPairs(
  pairs: readonly AlignedPair[],
  { subjects, activity, level }: StructureQuestion,
  vocabulary: readonly string[],
  { library, subject, inTurn, loaded }: StructureGrounds,
  job: JobContext,
): Promise<readonly KindTest[]> {
  const template = templateWords(subjects.map(({ text }) => text));
  const contents = new Map<number, readonly ContentWord[]>();
  for (const { subject: index } of pairs) {
    if (!contents.has(index)) contents.set(index, contentWords(subjects[index]!.text, template));
  }
  const said = [...new Set(subjects.map(({ text }) => joined(contentWords(text, template))))];
  const components = Int32Array.from(new Set(pairs.map(({ component }) => component))).sort();
  const reading = await readers(components, [...said, ...vocabulary], level, inTurn, job);
  const asked = [...pairs.keys()].filter((i) => reading.has(pairs[i]!.component));
  const tests = await writtenTests(
    {
      cases: asked.map((i): WrittenCase => {
        const pair = pairs[i]!;
        const { pictures, activations } = activity(pair.subject);
        const z = activations(pair.component);
        const active = [...z.keys()].filter((at) => z[at]! > 0);
        return {
          component: pair.component,
          content: contents.get(pair.subject)!,
          active: active.map((at) => pictures[at]!),
          activations: Float32Array.from(active, (at) => z[at]!),
          silent: [...z.keys()].filter((at) => !(z[at]! > 0)).map((at) => pictures[at]!),
        };
      }),
      ...{ said, vocabulary, level },
    },
    { library, subject, inTurn, pictures: loaded.table.pictures },
    job,
  );
  const found = new Map(asked.map((i, at) => [i, tests[at]!]));
  return pairs.map(
    (_, i) => found.get(i) ?? impossible('written', 'It does not fire on text written on plain colour.'),
  );
}
