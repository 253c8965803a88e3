import { ComponentDescriptions } from '../../../../src/extension/prompts/componentDescriptions';
import type { ScoredSubject } from '../../../../src/extension/prompts/knownScores';
import type { Member, Scorable } from '../../../../src/extension/prompts/promptDirections';
import { promptMembers } from '../../../../src/extension/prompts/promptDirections';
import { PromptScorer } from '../../../../src/extension/prompts/promptScorer';
import type { Comparison, ComparisonRequest } from '../../../../src/shared/comparison';
import type { Direction } from '../../../../src/shared/direction';
import { ClipsightError } from '../../../../src/shared/errors';
import type { FoundPrompts } from '../../../../src/shared/foundPrompts';
import { templateOf } from '../../../../src/shared/promptDirection';
import type { StudyInfo } from '../../../../src/shared/study';

/** A call of the fake engine that waits to be answered. */
export interface Call {
  readonly texts: readonly string[];
  readonly most: number;
  readonly signal: AbortSignal;
  answer(): Promise<void>;
  fail(thrown: unknown): Promise<void>;
}

export interface Study {
  readonly key: string;
  readonly logitBias: number | null;
}

/** A scorer over an engine that is answered by the test: y is the text's length / 100, its component the length. */
export function scoring(inView: () => readonly Member[], study: Study = { key: 'study', logitBias: null }) {
  const calls: Call[] = [];
  const asked: Call[] = [];
  let subject: ScoredSubject | null = {
    study: { model: '/m', dictionary: '/d' },
    images: [{ kind: 'file', path: '/wolf.png' }],
    key: 'wolf',
  };
  let engine = study;
  let reading: Promise<void> | undefined;
  const labels: number[][] = [];
  const counts = { changes: 0, failures: 0, subjects: 0 };
  const compare = (request: ComparisonRequest, signal: AbortSignal) =>
    new Promise<Comparison>((resolve, reject) => {
      const call: Call = {
        texts: request.directions.map(textOf),
        most: request.most,
        signal,
        answer: () => settled(() => resolve(comparison(request, engine)), call),
        fail: (thrown) => settled(() => reject(thrown), call),
      };
      const settled = async (end: () => void, ended: Call) => {
        calls.splice(calls.indexOf(ended), 1);
        end();
        await idle();
      };
      signal.addEventListener('abort', () => {
        calls.splice(calls.indexOf(call), 1);
        reject(new ClipsightError('cancelled', 'It was cancelled.'));
      });
      calls.push(call);
      asked.push(call);
    });
  const scorer = new PromptScorer({
    compare,
    subject: async () => {
      counts.subjects += 1;
      await reading;
      return subject;
    },
    inView,
    descriptions: new ComponentDescriptions({
      labels: async (components) => {
        labels.push([...components]);
        return new Map(components.map((component) => [component, `label ${component}`]));
      },
      poor: async (pairs) => pairs.map(({ component }) => component > 5),
      onError: (thrown) => {
        throw thrown;
      },
    }),
    onChange: () => counts.changes++,
    onFailure: () => counts.failures++,
  });
  return {
    scorer,
    /** Those that are not answered yet. */
    calls,
    /** All there ever were. */
    asked,
    /** Components whose labels were asked for, call by call. */
    labels,
    counts,
    /** Images that cannot be read, as soon as the function returned is called. */
    pinUnreadable(): (thrown: unknown) => void {
      let fail!: (thrown: unknown) => void;
      reading = new Promise<void>((_resolve, reject) => {
        fail = reject;
      });
      scorer.subjectChanged();
      return fail;
    },
    pin(key: string | null): void {
      reading = undefined;
      subject = key === null ? null : { ...subject!, key };
      scorer.subjectChanged();
    },
    use(other: Study): void {
      engine = other;
    },
    /** Answers all that is asked, until nothing more is. */
    async finish(): Promise<void> {
      await idle();
      while (calls.length > 0) await calls[0]!.answer();
    },
  };
}

/** Lets everything happen that needs no engine. */
export async function idle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

/** What can be asked of the prompts of a file. */
export function membersOf(found: FoundPrompts): readonly (Member | null)[] {
  return promptMembers([found], templateOf('a photo of a {}'))[0]!;
}

export function scorables(found: FoundPrompts): readonly Scorable[] {
  return membersOf(found).filter((member) => member?.kind === 'scorable');
}

function textOf(direction: Direction): string {
  if (direction.kind === 'prompt') return direction.text;
  return direction.kind === 'ensemble' ? direction.name : direction.kind;
}

function comparison({ directions, most }: ComparisonRequest, { key, logitBias }: Study): Comparison {
  const lengths = directions.map((direction) => textOf(direction).length);
  const components = most === 0 ? [] : [...new Set(lengths)];
  return {
    study: { key, model: { logitScale: 100, logitBias } } as StudyInfo,
    failures: [null],
    similarities: Float32Array.from(lengths, (length) => length / 100),
    components: Int32Array.from(components),
    attributions: Float32Array.from(
      lengths.flatMap((length) => components.map((component) => (component === length ? 0.1 : 0.01))),
    ),
    activations: Float32Array.from(components, () => 1),
    totals: Float32Array.from(lengths, () => (most === 0 ? 0 : 0.2)),
    readings: directions.map(() => []),
  };
}
