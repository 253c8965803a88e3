import type { AuditReport, AuditRequest, AuditSubject, Finding, FindingKind } from '../../shared/audit';
import { ClipsightError, type ErrorInfo } from '../../shared/errors';
import type { JobContext } from '../../shared/rpc/protocol';
import type { ScoreDirection } from '../attribution/score';
import type { LoadedTable } from '../components/componentTables';
import type { Labelling } from '../components/labelling';
import { pictureFiles } from '../components/pictureFiles';
import { resolveInTurns } from '../components/resolveInTurns';
import type { InTurn, Subject } from '../components/subject';
import { groundsOf, nameOf } from '../components/summaries';
import type { TextVectors } from '../components/textVectors';
import type { Library, LibraryFile } from '../library/library';
import type { SubjectClasses } from './accuracy';
import { type ActivePair, type AlignedPair, alignedPairs } from './alignedPairs';
import { type Background, background } from './background';
import { effectsOf } from './effects';
import { type Expectations, expectations } from './expected';
import { type Measurement, measureSubjects } from './measured';
import { findingsAmong, type TestedShare, testShares } from './mismatch';
import { pairAlignments } from './pairAlignments';
import { candidates } from './pairs';
import type { Audited, Mismatch, Shares } from './parts';
import { boundOf, rules, scoreOf } from './rules';
import { findingSamples } from './samples';
import { directionName, setClasses } from './setAccuracy';
import type { ShareMeans } from './shares';
import { type StructuredPair, type SubjectActivity, structuredPairs } from './structure';
import { type SubjectImages, subjectImages, tooFewImages } from './subjectImages';
import { phraseVectors, type SubjectTexts, subjectTexts } from './subjectTexts';

/** What an audit stands on. */
export interface AuditGrounds {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  readonly loaded: LoadedTable;
  readonly labelling: Labelling;
  readonly texts: TextVectors;
  readonly nounsFile: string;
  readonly threads: number | undefined;
}

/** What is kept of a subject while the others are measured. */
interface MeasuredSubject extends Omit<Measurement, 'means' | 'rows'> {
  /** Image by image, of the components that can be findings. */
  readonly rows: Pick<Shares, 'components' | 'shares' | 'activations'>;
}

interface MeasuredSubjects {
  readonly of: ReadonlyMap<number, MeasuredSubject>;
  readonly pairs: readonly ActivePair[];
  readonly background: Background;
}

/** A pair that was tested and is a finding. */
interface FoundPair extends StructuredPair {
  readonly kind: FindingKind;
  readonly expected: number;
  readonly tested: TestedShare;
}

/** What prompts and probes rely on that they do not say (docs/audit.md). Throws ClipsightError. */
export async function audit(
  request: AuditRequest,
  grounds: AuditGrounds,
  job: JobContext,
): Promise<AuditReport> {
  const { subjects, rivals } = request;
  const { library, subject, inTurn, loaded } = grounds;
  const { table } = loaded;
  const { directions, notes: readings } = await resolveInTurns(
    [...subjects, ...rivals].map(({ direction }) => direction),
    'Reading prompts',
    inTurn,
    job,
  );
  demandWidth(directions, subject);
  const files = once(() => pictureFiles(library));
  const images = await findImages(request, directions, files, grounds, job);
  const classes = setClasses(
    subjects.map(({ set }, i) => ({ set, direction: directions[i]! })),
    rivals.map(({ set }, i) => ({ set, direction: directions[subjects.length + i]! })),
  );
  const measured = await measure(request, { directions, images, classes, files }, grounds, job);
  const texts = await subjectTexts(subjects, grounds, job);
  const pairs = await alignedPairs(
    measured.pairs,
    { library, subject, table, own: ownPictures(images), texts },
    job,
  );
  const structured = await structuredPairs(
    pairs,
    {
      subjects,
      activity: (of) => activityOf(measured.of.get(of)!),
      own: ownPictures(images),
      texts,
      vocabulary: request.vocabulary,
      nuisances: request.nuisances,
      level: request.level,
    },
    grounds,
    job,
  );
  const fitted = expectations(structured.map((pair) => ({ ...pair, text: subjects[pair.subject]!.text })));
  const found = await findPairs(request, structured, fitted, measured, job);
  const mismatches = await described(subjects, found, measured, texts, grounds, job);

  const audited = Array.from(measured.of, ([i, { pictures }]): Audited => {
    return { subject: i, direction: directions[i]!, pictures };
  });
  const { effects, notes: effectNotes } = request.confirm
    ? await effectsOf(
        mismatches,
        audited,
        { library, subject, inTurn, pictures: table.pictures, files, classes: (of) => classes[of]! },
        job,
      )
    : { effects: mismatches.map(() => null), notes: [] };

  const labelOf = await labels(grounds);
  const tested = testedOf(pairs, subjects.length);
  const { listed, more } = measured.background.list(labelOf);
  return {
    study: subject.study,
    grounds: groundsOf(library, loaded, subject, grounds.labelling.notes),
    margin: request.margin,
    level: request.level,
    subjects: subjects.map(({ name }, i) =>
      subjectReport(name, images[i]!, measured.of.get(i), tested[i]!, texts.notes[i]!),
    ),
    findings: mismatches.map((mismatch, at): Finding => {
      const of = measured.of.get(mismatch.subject)!;
      const { kind, tests } = found[at]!;
      return {
        ...mismatch,
        label: labelOf(mismatch.component),
        kind,
        tests: [...tests],
        effect: effects[at]!,
        ...findingSamples({ ...of, ...rowIn(of, mismatch.component) }, table.pictures),
        beside: of.beside === null ? null : meanOf(of.beside, mismatch.component),
      };
    }),
    unexplained: unexplainedOf(structured, fitted, request.margin).map((pair) => ({
      ...pair,
      label: labelOf(pair.component),
    })),
    background: listed,
    pairs: pairs.length,
    fit: {
      alignments: [...(fitted.fit?.x ?? [])],
      shares: Array.from(fitted.fit?.y ?? [], (root) => root ** 2),
    },
    notes: [
      ...readings,
      ...fitted.notes,
      ...effectNotes,
      ...(more === 0 ? [] : [`${more} more components fire for nearly every image and are not listed.`]),
    ],
  };
}

async function findImages(
  { subjects }: AuditRequest,
  directions: readonly ScoreDirection[],
  files: () => Promise<ReadonlyMap<string, readonly LibraryFile[]>>,
  { library, subject, loaded, threads }: AuditGrounds,
  job: JobContext,
): Promise<readonly SubjectImages[]> {
  const { pictures } = loaded.table;
  const { embeddings } = await library.lacking(pictures.sha256, {
    study: subject.study.key,
    embedders: [subject.embedder],
  });
  const unembedded = new Set<number>();
  for (const [picture, sha256] of pictures.sha256.entries()) {
    if (embeddings[0]!.has(sha256)) unembedded.add(picture);
  }
  const { embedder, study } = subject;
  return subjectImages(
    subjects,
    directions,
    { library, pictures, files, embedder, model: study.model.id, unembedded, threads },
    job,
  );
}

interface Measuring {
  readonly directions: readonly ScoreDirection[];
  readonly images: readonly SubjectImages[];
  readonly classes: readonly (SubjectClasses | null)[];
  readonly files: () => Promise<ReadonlyMap<string, readonly LibraryFile[]>>;
}

async function measure(
  { subjects }: AuditRequest,
  { directions, images, classes, files }: Measuring,
  { library, subject, inTurn, loaded: { table }, threads }: AuditGrounds,
  job: JobContext,
): Promise<MeasuredSubjects> {
  const { pictures } = table;
  const inBackground = background(table.samples, pictures.sha256.length);
  const testable = subjects.flatMap((_, i) => (images[i]!.error === null ? [i] : []));
  // A prompt that stands in two files is one direction.
  const first = new Map<string, number>();
  const canonical = directions.map((direction, i) => {
    const name = directionName(direction);
    first.set(name, first.get(name) ?? i);
    return first.get(name)!;
  });
  const measured = new Map<number, MeasuredSubject>();
  const pairs: ActivePair[] = [];
  await measureSubjects(
    testable.map((i) => {
      const { beside } = subjects[i]!;
      return {
        direction: canonical[i]!,
        beside: beside === null ? null : canonical[beside]!,
        pictures: images[i]!.pictures,
        classes: classes[i]!,
      };
    }),
    table.perPicture,
    { library, subject, inTurn, pictures, directions, files, threads },
    (at, { means, rows, ...rest }) => {
      const index = testable[at]!;
      const count = rest.pictures.length;
      inBackground.see(means);
      const some = count < rules.fewestImages ? [] : candidates(means, count, inBackground.has);
      for (const row of some) {
        pairs.push({
          subject: index,
          component: means.components[row]!,
          active: means.active[row]!,
          measured: means.means[row]!,
        });
      }
      const kept = rows(Int32Array.from(some, (row) => means.components[row]!));
      measured.set(index, { ...rest, rows: kept });
    },
    job,
  );
  return { of: measured, pairs, background: inBackground };
}

/** The findings, largest score first. */
async function findPairs(
  { margin, level }: AuditRequest,
  all: readonly StructuredPair[],
  fitted: Expectations,
  measured: MeasuredSubjects,
  job: JobContext,
): Promise<readonly FoundPair[]> {
  // Kinds do not look at shares: which pairs are tested says nothing of what comes of it.
  const pairs = all.flatMap((pair, i) =>
    pair.kind === null ? [] : [{ ...pair, kind: pair.kind, expected: fitted.expected[i]! }],
  );
  const expected = pairs.map((pair) => pair.expected);
  // The others are no findings whatever the draws: their p is not worth any.
  const above = pairs.flatMap((pair, i) => (pair.measured > boundOf(expected[i]!, margin) ? [i] : []));
  const tested = await testShares(
    above.map((i) => ({
      shares: rowIn(measured.of.get(pairs[i]!.subject)!, pairs[i]!.component).shares,
      bound: boundOf(expected[i]!, margin),
    })),
    pairs.length,
    level,
    job,
  );
  const p = new Float64Array(pairs.length).fill(1);
  const testOf = new Map<number, TestedShare>();
  above.forEach((i, at) => {
    p[i] = tested[at]!.p;
    testOf.set(i, tested[at]!);
  });
  const score = ({ measured: share, expected: usual }: FoundPair) => scoreOf(share, usual);
  return findingsAmong(p, level)
    .map((i): FoundPair => ({ ...pairs[i]!, tested: testOf.get(i)! }))
    .sort((a, b) => score(b) - score(a) || a.subject - b.subject || a.component - b.component);
}

/** Findings with all that is known of the pairs, their sub-phrases included. */
async function described(
  subjects: readonly AuditSubject[],
  found: readonly FoundPair[],
  measured: MeasuredSubjects,
  { empty }: SubjectTexts,
  grounds: AuditGrounds,
  job: JobContext,
): Promise<readonly Mismatch[]> {
  const { library, subject, loaded } = grounds;
  const texts = found.map((pair) => subjects[pair.subject]!.text);
  const phrases = await phraseVectors([...new Set(texts)], grounds, job);
  const aligned = await pairAlignments(
    found.map(({ component, samples }, i) => ({
      component,
      samples,
      texts: phrases.get(texts[i]!)!.map(({ vector }) => vector),
    })),
    empty,
    library,
    subject,
    loaded.table,
    job,
  );
  return found.map(
    ({ samples: _, sampleCount, alignments, tested, kind: __, tests: ___, ...pair }, i): Mismatch => {
      const [text, ...declared] = alignments;
      // A share is between 0 and 1.
      const toScore = (end: number) => scoreOf(Math.min(1, Math.max(0, end)), pair.expected);
      return {
        ...pair,
        images: measured.of.get(pair.subject)!.pictures.length,
        score: scoreOf(pair.measured, pair.expected),
        interval: [toScore(tested.interval[0]), toScore(tested.interval[1])],
        p: tested.p,
        alignments: {
          text: text!,
          expected: subjects[pair.subject]!.expected.map((concept, n) => ({
            text: concept,
            alignment: declared[n]!,
          })),
          phrases: phrases
            .get(texts[i]!)!
            .map((phrase, n) => ({ text: phrase.text, alignment: aligned[i]![n]! })),
          images: sampleCount,
        },
      };
    },
  );
}

/** Pairs of no kind that get more than is expected: some of them, the largest score first. */
function unexplainedOf(pairs: readonly StructuredPair[], { expected }: Expectations, margin: number) {
  return pairs
    .flatMap(({ subject, component, active, measured, alignment, kind }, i) => {
      const score = scoreOf(measured, expected[i]!);
      return kind !== null || score <= margin
        ? []
        : [{ subject, component, active, measured, expected: expected[i]!, score, alignment }];
    })
    .sort((a, b) => b.score - a.score || a.subject - b.subject || a.component - b.component)
    .slice(0, rules.unexplained);
}

function activityOf(measured: MeasuredSubject): SubjectActivity {
  return {
    pictures: measured.pictures,
    activations: (component) => rowIn(measured, component).activations,
  };
}

/** What components are called: what a person named them, else their best texts. */
async function labels({
  library,
  subject,
  loaded: { table },
  labelling,
}: AuditGrounds): Promise<(component: number) => string | null> {
  const annotations = await library.annotations(subject.study.key);
  return (component) => nameOf(component, { table, labelling, annotations, subject }) || null;
}

function subjectReport(
  name: string,
  { pictures, error, notes }: SubjectImages,
  measured: MeasuredSubject | undefined,
  tested: number,
  readings: readonly string[],
): AuditReport['subjects'][number] {
  const images = measured?.pictures.length ?? pictures.length;
  const similarities = measured?.similarities ?? new Float32Array(0);
  const unread = measured?.unread ?? 0;
  const readError: ErrorInfo | null =
    measured === undefined || images >= rules.fewestImages
      ? null
      : tooFewImages(name, images, 'Index its images again.');
  return {
    images,
    similarity:
      similarities.length === 0 ? null : similarities.reduce((sum, y) => sum + y, 0) / similarities.length,
    accuracy: measured?.accuracy ?? null,
    tested,
    error: error ?? readError,
    notes: [
      ...notes,
      ...(unread === 0
        ? []
        : [
            `${unread} of its images could not be read again, or changed since they were indexed: they are left out until images are indexed again.`,
          ]),
      ...readings,
    ],
  };
}

/** Pairs of each subject. */
function testedOf(pairs: readonly AlignedPair[], subjects: number): Int32Array {
  const counts = new Int32Array(subjects);
  for (const { subject } of pairs) counts[subject]!++;
  return counts;
}

function ownPictures(images: readonly SubjectImages[]): (subject: number) => ReadonlySet<number> {
  const sets = new Map<number, ReadonlySet<number>>();
  return (subject) => {
    const own = sets.get(subject) ?? new Set(images[subject]!.pictures);
    sets.set(subject, own);
    return own;
  };
}

function rowIn(
  { pictures, rows: { components, shares, activations } }: MeasuredSubject,
  component: number,
): { readonly shares: Float32Array; readonly activations: Float32Array } {
  const row = components.indexOf(component);
  const [from, to] = [row * pictures.length, (row + 1) * pictures.length];
  return { shares: shares.subarray(from, to), activations: activations.subarray(from, to) };
}

function meanOf({ components, means }: ShareMeans, component: number): number {
  const row = components.indexOf(component);
  return row === -1 ? 0 : means[row]!;
}

/** Throws ClipsightError `configuration` at a row of a probe that was fitted on another model. */
function demandWidth(directions: readonly ScoreDirection[], { study: { model } }: Subject): void {
  const other = directions.find(({ vector }) => vector.length !== model.embeddingSize);
  if (other === undefined) return;
  throw new ClipsightError(
    'configuration',
    `A row of a probe has ${other.vector.length} weights, and embeddings of ${model.id} have ${model.embeddingSize} numbers.`,
    'Choose a probe that was fitted on this model.',
  );
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
