import { type CompareState, type Difference, mostOfEach } from '../../shared/compareProtocol';
import type { Comparison } from '../../shared/comparison';
import type { Direction } from '../../shared/direction';
import type { EngineInfo, EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError, type ErrorInfo, toErrorInfo } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import type { Progress, Remote } from '../../shared/rpc/protocol';
import type { StudyInfo, StudyRequest } from '../../shared/study';

/** What is scored, by the name that its numbers go by. */
export interface Named {
  readonly name: string;
  readonly direction: Direction;
}

export interface Pair {
  readonly of: Named;
  readonly against: Named;
}

export interface CompareInput {
  /** Asked for in the run, because a setting that stands in the way is an error of the run. */
  readonly engine: () => Pick<Remote<EngineProtocol>, 'describe' | 'compare' | 'relate'>;
  readonly study: () => Promise<StudyRequest>;
  /** One per image; rejects where the image cannot be read. */
  readonly images: readonly (() => Promise<ImageSource>)[];
  /** Each once. */
  readonly directions: readonly Named[];
  /** What is computed already and need not be again. */
  readonly known: Pick<CompareState, 'study' | 'scores' | 'heat' | 'relation' | 'difference'>;
  /** The pair whose difference is wanted, by the scores; null for none. */
  readonly pair: (scores: NonNullable<CompareState['scores']>) => Pair | null;
  readonly signal: AbortSignal;
}

/** What a run reports. */
export type CompareReport =
  | { readonly kind: 'engine'; readonly engine: EngineInfo }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | {
      readonly kind: 'scores';
      readonly study: StudyInfo;
      readonly scores: NonNullable<CompareState['scores']>;
    }
  | { readonly kind: 'heat'; readonly heat: NonNullable<CompareState['heat']> }
  | {
      readonly kind: 'relation';
      readonly study: StudyInfo;
      readonly relation: NonNullable<CompareState['relation']>;
    }
  | { readonly kind: 'difference'; readonly difference: Difference }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  | { readonly kind: 'finished' };

/**
 * Asks for what is not known, what a person waits for first: scores, how alike the prompts are, the components, and what
 * separates two. Never rejects: it ends with `finished` or `failed`.
 */
export async function runComparison(
  input: CompareInput,
  report: (event: CompareReport) => void,
): Promise<void> {
  try {
    await compareInSteps(input, report);
    report({ kind: 'finished' });
  } catch (thrown) {
    report({ kind: 'failed', error: toErrorInfo(thrown) });
  }
}

async function compareInSteps(input: CompareInput, report: (event: CompareReport) => void): Promise<void> {
  const { directions, known, signal } = input;
  const study = await input.study();
  const engine = input.engine();
  const options = { signal, onProgress: (progress: Progress) => report({ kind: 'progress', progress }) };
  report({ kind: 'engine', engine: await engine.describe({}, { signal }) });

  let key = known.study?.key;
  const demandSame = (answer: StudyInfo) => {
    key ??= answer.key;
    if (answer.key !== key) throw modelChanged();
  };
  const images = await readAll(input.images);
  const compare = async (asked: readonly Direction[], most: number): Promise<Comparison> => {
    const sources = images.flatMap((image) => (image.kind === 'failure' ? [] : [image.source]));
    const failed = images.find((image) => image.kind === 'failure');
    if (sources.length === 0 && failed !== undefined) throw failed.error;
    const answer = await engine.compare({ study, images: sources, directions: [...asked], most }, options);
    demandSame(answer.study);
    return { ...answer, failures: withUnread(images, answer.failures) };
  };
  const values = directions.map(({ direction }) => direction);
  const names = directions.map(({ name }) => name);

  let { scores } = known;
  if (images.length > 0 && !covers(scores?.directions, names)) {
    const { study: info, failures, similarities, readings } = await compare(values, 0);
    scores = { directions: names, failures, similarities, readings };
    report({ kind: 'scores', study: info, scores });
  }
  if (!covers(known.relation?.directions, names)) {
    const { study: info, cosines } = await engine.relate({ study, directions: values }, options);
    demandSame(info);
    report({ kind: 'relation', study: info, relation: { directions: names, cosines } });
  }
  if (images.length === 0 || scores === null) return;
  if (!covers(known.heat?.directions, names)) {
    const { components, attributions, activations, totals } = await compare(values, mostOfEach);
    report({ kind: 'heat', heat: { directions: names, components, attributions, activations, totals } });
  }
  const pair = input.pair(scores);
  const shown = known.difference;
  if (pair === null || (shown?.of === pair.of.name && shown.against === pair.against.name)) return;
  const { of, against } = pair;
  const comparison = await compare(
    [{ kind: 'versus', of: of.direction, against: [against.direction] }, of.direction, against.direction],
    mostOfEach,
  );
  const { failures, similarities, components, attributions, activations, totals } = comparison;
  report({
    kind: 'difference',
    difference: {
      of: of.name,
      against: against.name,
      comparison: { failures, similarities, components, attributions, activations, totals },
    },
  });
}

function covers(known: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return known !== undefined && wanted.every((name) => known.includes(name));
}

type Read =
  | { readonly kind: 'source'; readonly source: ImageSource }
  | { readonly kind: 'failure'; readonly error: unknown };

function readAll(images: CompareInput['images']): Promise<Read[]> {
  const read = async (image: () => Promise<ImageSource>): Promise<Read> => {
    try {
      return { kind: 'source', source: await image() };
    } catch (error) {
      return { kind: 'failure', error };
    }
  };
  return Promise.all(images.map(read));
}

/** Failures of all images, of those that were asked: the others could not even be read. */
function withUnread(images: readonly Read[], asked: Comparison['failures']): Comparison['failures'] {
  const answers = asked.values();
  return images.map((image) => {
    if (image.kind === 'failure') return toErrorInfo(image.error);
    const next = answers.next();
    if (next.done === true) {
      throw new ClipsightError('protocol', 'The engine answered for fewer images than it was asked about.');
    }
    return next.value;
  });
}

function modelChanged(): ClipsightError {
  return new ClipsightError(
    'checkpoint',
    'The model or dictionary changed on disk while the prompts were being compared.',
    'Try again to compute everything with the new one.',
  );
}
