import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { audit } from '../../src/engine/audit/audit';
import { changesName, encodedChanges } from '../../src/engine/audit/keptChanges';
import { ComponentTables } from '../../src/engine/components/componentTables';
import type { InTurn, Subject, Turn } from '../../src/engine/components/subject';
import { TextVectors } from '../../src/engine/components/textVectors';
import { unwatched } from '../../src/engine/job';
import type { Library } from '../../src/engine/library/library';
import { isotonicAt } from '../../src/engine/numeric/isotonic';
import { type AuditRequest, FindingKind } from '../../src/shared/audit';
import { type MemoryPicture, memoryLibrary } from '../support/memoryLibrary';
import { root } from './references';

/**
 * An audit against numpy, scipy, scikit-learn and statsmodels in float64 (test/reference/audit.py), from what a library
 * keeps up; no text can be drawn. Shares within the half precision of what is kept, alignments within 1e-6, p within what
 * two bootstraps with draws of their own differ by.
 */
const half = 2 ** -11;

const float32s = z.string().transform((text) => {
  const raw = Buffer.from(text, 'base64');
  return new Float32Array(new Uint8Array(raw).buffer);
});

const Reference = z.object({
  /** Which each image is of: prompts, then other things. */
  subject: z.array(z.int()),
  own: z.int(),
  components: z.int(),
  width: z.int(),
  judged: z.int(),
  expected: z.record(z.string(), z.int()),
  judge: float32s,
  texts: float32s,
  directions: float32s,
  embeddings: float32s,
  activations: float32s,
  /** e without the component − e, of each activation above 0. */
  changes: float32s,
  subjects: z.array(z.object({ tested: z.int(), similarity: z.number(), accuracy: z.number() })),
  pairs: z.int(),
  background: z.array(z.object({ component: z.int(), measured: z.number() })),
  findings: z.array(
    z.object({
      subject: z.int(),
      component: z.int(),
      active: z.int(),
      measured: z.number(),
      usual: z.number(),
      alignments: z.array(z.number()),
      meaning: z.int(),
      kind: FindingKind,
      excuse: z.number(),
      p: z.number(),
      interval: z.tuple([z.number(), z.number()]),
      shares: z.array(z.number()),
    }),
  ),
  unexplained: z.array(
    z.object({ subject: z.int(), component: z.int(), measured: z.number(), usual: z.number() }),
  ),
  fit: z.object({ alignments: z.array(z.number()), shares: z.array(z.number()) }),
});
const reference = Reference.parse(
  JSON.parse(readFileSync(path.join(root, 'test/golden/audit.json'), 'utf8')),
);
const count = reference.subjects.length;
/** There are no letters for it: nothing is drawn. */
const nameOf = (subject: number) => `物${subject}`;
const senseOf = (text: number) => `感${text}`;

function rowsOf(data: Float32Array, width: number): number[][] {
  return Array.from({ length: data.length / width }, (_, i) => [
    ...data.subarray(i * width, (i + 1) * width),
  ]);
}

function pictures(): MemoryPicture[] {
  const { width, components, judged } = reference;
  const [embeddings, judge] = [rowsOf(reference.embeddings, width), rowsOf(reference.judge, judged)];
  return rowsOf(reference.activations, components).map((activations, i) => ({
    sha256: String(i).padStart(64, '0'),
    path: `/class/${reference.subject[i]}/${i}.png`,
    codes: activations.flatMap((max, component) => (max === 0 ? [] : [{ component, max }])),
    embeddings: { own: embeddings[i]!, judge: judge[i]! },
  }));
}

/** What switching components off does, as if the model had been run. */
async function keepChanges(library: Library, all: readonly MemoryPicture[]): Promise<void> {
  const { width, changes } = reference;
  const pictures = await library.pictures('study');
  let next = 0;
  for (const [picture, { codes }] of all.entries()) {
    const components = Int32Array.from(codes, ({ component }) => component);
    const data = changes.subarray(next, next + components.length * width);
    next += data.length;
    const bytes = encodedChanges({ components, changes: { data, width } });
    await library.keep(new Map([[changesName(picture, subject, pictures), bytes]]));
  }
}

const subject = {
  study: {
    key: 'study',
    model: { id: 'clip', embeddingSize: reference.width },
    dictionary: { id: 'sae', size: reference.components },
  },
  size: reference.components,
  embedder: 'own',
  judge: {
    key: 'judge',
    embedder: { key: 'judge' },
    id: 'judge',
    name: 'judge',
    embeddingSize: reference.judged,
  },
} as unknown as Subject;

const spoken = rowsOf(reference.texts, reference.judged);
const vectorOf = (text: string) => {
  const rows = [...Array.from({ length: count }, (_, i) => nameOf(i)), ''];
  const row = text.startsWith('感') ? rows.length + Number(text.slice(1)) : rows.indexOf(text);
  return Float32Array.from(spoken[row]!);
};

const turn = {
  study: {
    resolve: async (asked: readonly { readonly text: string }[]) => ({
      directions: asked.map(({ text }) => {
        const at = Number(text.slice(1)) * reference.width;
        return { kind: 'cosine', vector: reference.directions.slice(at, at + reference.width) };
      }),
      readings: asked.map(() => []),
      notes: [],
    }),
  },
  judge: {
    text: {
      embed: async (texts: readonly string[]) =>
        texts.map((text) => ({ vector: vectorOf(text), truncated: false, readAs: null })),
    },
  },
} as unknown as Turn;
const inTurn: InTurn = (_job, use) => use(turn);

it('finds what numpy finds, with the same numbers', async () => {
  const all = pictures();
  const library = memoryLibrary(() => all);
  await keepChanges(library, all);
  const loaded = await new ComponentTables().load(library, subject, unwatched);
  const request: AuditRequest = {
    library: '',
    study: { model: '', dictionary: '' },
    judge: 'judge',
    subjects: reference.subjects.map((_, i) => {
      const relied = reference.expected[i];
      return {
        name: nameOf(i),
        text: nameOf(i),
        direction: { kind: 'prompt', text: nameOf(i) },
        set: 'things',
        images: { kind: 'folders', folders: [`class/${i}`] },
        expected: relied === undefined ? [] : [nameOf(relied)],
        beside: i === 0 ? 1 : null,
      };
    }),
    rivals: [],
    vocabulary: { texts: spoken.slice(count + 1).map((_, i) => senseOf(i)), nouns: false },
    nuisances: [],
    margin: 0.02,
    level: 0.05,
    confirm: false,
  };
  const report = await audit(
    request,
    {
      library,
      subject,
      inTurn,
      loaded,
      labelling: { of: () => [], notes: [] },
      texts: new TextVectors(),
      nounsFile: '',
      threads: 1,
    },
    unwatched,
  );

  expect(report.pairs).toBe(reference.pairs);
  expect(report.subjects).toEqual(
    reference.subjects.map(({ tested, similarity, accuracy }) => ({
      images: reference.own,
      similarity: expect.closeTo(similarity, 6),
      accuracy: expect.closeTo(accuracy, 12),
      tested,
      error: null,
      notes: [],
    })),
  );
  expect(report.background.map(({ component }) => component)).toEqual(
    reference.background.map(({ component }) => component),
  );
  expect(report.background[0]!.measured).toBeCloseTo(reference.background[0]!.measured, 4);
  // Roots are what is fitted, also in between.
  const x = Float64Array.from(report.fit.alignments);
  const y = Float64Array.from(report.fit.shares, Math.sqrt);
  reference.fit.alignments.forEach((at, i) => {
    expect(isotonicAt({ x, y }, at) ** 2).toBeCloseTo(reference.fit.shares[i]!, 4);
  });

  expect(new Set(report.findings.map(({ kind }) => kind))).toEqual(new Set(['artefact', 'homonym']));
  expect(report.findings.map((one) => [one.subject, one.component])).toEqual(
    reference.findings.map((one) => [one.subject, one.component]),
  );
  expect(report.unexplained.map((one) => [one.subject, one.component])).toEqual(
    reference.unexplained.map((one) => [one.subject, one.component]),
  );
  for (const [i, { measured, expected, score }] of report.unexplained.entries()) {
    const wanted = reference.unexplained[i]!;
    expect(measured).toBeCloseTo(wanted.measured, 4);
    expect(expected).toBeCloseTo(wanted.usual, 4);
    expect(score).toBeCloseTo(measured - expected, 12);
  }
  for (const [i, finding] of report.findings.entries()) {
    const wanted = reference.findings[i]!;
    const [text, ...declared] = wanted.alignments;
    expect(finding.active).toBe(wanted.active);
    expect(finding.kind).toBe(wanted.kind);
    expect(finding.excuse).toBeCloseTo(wanted.excuse, 6);
    expect(Math.abs(finding.measured - wanted.measured)).toBeLessThan(half * wanted.measured);
    expect(finding.expected).toBeCloseTo(wanted.usual, 4);
    expect(finding.score).toBeCloseTo(wanted.measured - wanted.usual, 4);
    expect(finding.alignments.text).toBeCloseTo(text!, 6);
    expect(finding.alignments.expected.map(({ alignment }) => alignment)).toEqual(
      declared.map((one) => expect.closeTo(one, 6)),
    );
    expect(finding.alignment).toBeCloseTo(Math.max(...wanted.alignments), 6);
    expect(finding.alignments.images).toBe(wanted.meaning);
    // Of two thousand draws a few more or less reach what was seen.
    expect(finding.p).toBeLessThan(3 * wanted.p + 6e-4);
    expect(finding.p).toBeGreaterThan(wanted.p / 30);
    finding.interval.forEach((end, side) => {
      const width = wanted.interval[1] - wanted.interval[0];
      expect(Math.abs(end + finding.expected - wanted.interval[side]!)).toBeLessThan(0.1 * width);
    });
    const active = wanted.shares.slice(0, 8);
    expect(finding.samples.map(({ share }) => share)).toEqual(active.map((one) => expect.closeTo(one, 3)));
    expect(finding.samples.every(({ path: file }) => file.startsWith(`/class/${finding.subject}/`))).toBe(
      true,
    );
    expect(finding.absent.every(({ share, activation }) => share === 0 && activation === 0)).toBe(true);
    if (finding.subject === 0) expect(finding.beside).not.toBe(finding.measured);
    else expect(finding.beside).toBeNull();
  }
});
