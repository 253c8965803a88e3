import type { Comparison } from '../../shared/comparison';
import { scoredImages } from '../../shared/comparisonTable';
import { confidenceOf } from '../../shared/confidence';
import type { Direction } from '../../shared/direction';
import type { ErrorInfo } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import type { StudyInfo, StudyRequest } from '../../shared/study';
import type { ComponentDescriptions, Described } from './componentDescriptions';
import { textOf } from './directionText';
import type { PromptScore, StrongestComponent } from './editorPrompts';
import { GroupShares, isShared } from './groupShares';
import type { Ask, Member } from './promptDirections';
import { RecentlyUsed } from './recentlyUsed';
import type { Scored, ScoreMemory } from './scoreMemory';
import { askOf, groupsOf, memorySize, nextStep, type Step, similarityOf } from './scorePlan';
import { strongestComponent } from './strongestComponents';

/** What prompts are scored for. */
export interface ScoredSubject {
  readonly study: StudyRequest;
  /** At least one. */
  readonly images: readonly ImageSource[];
  /** Another one where any number may be another. */
  readonly key: string;
}

/** All that is known of prompts for a subject. */
export class KnownScores {
  private readonly memory: ScoreMemory = new RecentlyUsed<Scored>(memorySize);
  private answered: { readonly study: StudyInfo; readonly shares: GroupShares } | null = null;
  private failures: Comparison['failures'] = [];

  constructor(readonly subject: ScoredSubject) {}

  /** Null while it is not known. */
  get study(): StudyInfo | null {
    return this.answered?.study ?? null;
  }

  /** Why some images were not scored. */
  get imageFailures(): readonly ErrorInfo[] {
    return this.failures.filter((failure) => failure !== null);
  }

  /** What is to be asked next; null where all is known. */
  next(inView: readonly Member[]): Step | null {
    return nextStep(inView, this.memory, this.study === null || isShared(this.study.model));
  }

  /** Whether it is an answer of the same model for the same images: else nothing of it is taken. */
  take(step: Step, comparison: Comparison): boolean {
    const images = scoredImages(comparison.failures);
    const { study } = this;
    const isSame =
      study === null || (study.key === comparison.study.key && scoredImages(this.failures) === images);
    if (!isSame) return false;
    this.answered ??= {
      study: comparison.study,
      shares: new GroupShares(this.memory, comparison.study.model),
    };
    this.failures = comparison.failures;
    step.asks.forEach(({ key }, d) => {
      this.memory.set(key, {
        kind: 'scored',
        similarities: [...comparison.similarities.subarray(d * images, (d + 1) * images)],
        strongest: step.attributes ? strongestComponent(comparison, d) : undefined,
        readings: comparison.readings[d]!,
      });
    });
    return true;
  }

  /** It cannot be scored. */
  refuse({ key }: Ask, error: ErrorInfo): void {
    this.memory.set(key, { kind: 'failed', error });
  }

  /** Whether a group in view is scored now, of which it was the rest: nothing else of it is shown. */
  completes({ asks }: Step, inView: readonly Member[]): boolean {
    const keys = new Set(asks.map(({ key }) => key));
    return groupsOf(inView).some(
      ({ members }) =>
        members.some(({ ask }) => keys.has(ask.key)) &&
        members.every(({ ask }) => this.memory.peek(ask.key) !== undefined),
    );
  }

  /** Null while it is not known. */
  score(member: Member, descriptions: ComponentDescriptions): PromptScore | null {
    if (this.answered === null) return null;
    const { study, shares } = this.answered;
    const ask = askOf(member, this.memory);
    const score = ask === null ? undefined : this.memory.get(ask.key);
    if (ask === null || score?.kind !== 'scored') return null;
    return {
      direction: ask.direction,
      similarity: similarityOf(score)!,
      scored: score.similarities.length,
      // Templates of a group are no alternatives to one another.
      confidence: member.kind === 'fillable' ? null : shares.of(member),
      confidenceKind: confidenceOf(study.model),
      strongest: score.strongest ? described(score.strongest, ask.direction, study, descriptions) : null,
      readings: score.readings,
    };
  }

  /** Null where it is none, or where that is not known yet. */
  direction(member: Member): Direction | null {
    return askOf(member, this.memory)?.direction ?? null;
  }

  /** What is named beside prompts, with them. */
  named(inView: readonly Member[]): Described[] {
    return inView.flatMap((member) => {
      const ask = askOf(member, this.memory);
      const score = ask === null ? undefined : this.memory.peek(ask.key);
      const strongest = score?.kind === 'scored' ? score.strongest : null;
      return ask === null || !strongest
        ? []
        : { component: strongest.component, text: textOf(ask.direction) };
    });
  }
}

function described(
  { component, attribution, share }: NonNullable<Extract<Scored, { kind: 'scored' }>['strongest']>,
  direction: Direction,
  { key }: StudyInfo,
  descriptions: ComponentDescriptions,
): StrongestComponent {
  return {
    component,
    attribution,
    share,
    label: descriptions.label(component, key),
    isPoor: descriptions.isPoor({ component, text: textOf(direction) }, key),
  };
}
