import type { Comparison, ComparisonRequest } from '../../shared/comparison';
import { scoredImages } from '../../shared/comparisonTable';
import { confidenceOf } from '../../shared/confidence';
import type { Direction } from '../../shared/direction';
import { type ErrorInfo, hasCode, toErrorInfo } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import type { StudyInfo, StudyRequest } from '../../shared/study';
import type { ComponentDescriptions } from './componentDescriptions';
import { textOf } from './directionText';
import type { PromptScore, StrongestComponent } from './editorPrompts';
import { GroupShares, isShared } from './groupShares';
import type { Member } from './promptDirections';
import { RecentlyUsed } from './recentlyUsed';
import type { ScoreMemory } from './scoreMemory';
import { askOf, groupsOf, memorySize, nextStep, type Step, similarityOf } from './scorePlan';
import { mostRanked, strongestComponent } from './strongestComponents';

/** What prompts are scored for. */
export interface ScoredSubject {
  readonly study: StudyRequest;
  /** At least one. */
  readonly images: readonly ImageSource[];
  /** Another one where any number may be another. */
  readonly key: string;
}

export interface ScorerServices {
  readonly compare: (request: ComparisonRequest, signal: AbortSignal) => Promise<Comparison>;
  /** Null where nothing is pinned. */
  readonly subject: () => Promise<ScoredSubject | null>;
  /** The prompts in visible ranges, the most important first. */
  readonly inView: () => readonly Member[];
  readonly descriptions: ComponentDescriptions;
  /** Something is known that was not, or no longer. */
  readonly onChange: () => void;
  readonly onFailure: (thrown: unknown) => void;
}

/** As much as a person is told of it. */
export interface ScorerStatus {
  readonly isBusy: boolean;
  /** Why nothing more is asked; until the person does something about it. */
  readonly failure: ErrorInfo | null;
  /** Why some images were not scored. */
  readonly imageFailures: readonly ErrorInfo[];
}

/** All that is known for a subject. */
interface Known {
  readonly subject: ScoredSubject;
  readonly memory: ScoreMemory;
  study: StudyInfo | null;
  /** Null until the study is known. */
  shares: GroupShares | null;
  /** One per image. */
  failures: Comparison['failures'];
}

interface Asked {
  readonly step: Step;
  readonly controller: AbortController;
}

/**
 * Asks the engine for the scores of prompts, a little at a time: what is in view first. What was asked is cancelled when
 * it is no longer wanted. After a failure nothing is asked until `retry`.
 */
export class PromptScorer {
  private readonly kept = new RecentlyUsed<Known>(4);
  private known: Known | null = null;
  private isOutdated = true;
  private isRunning = false;
  /** Whether there was something new while the engine worked. */
  private again = false;
  private asked: Asked | null = null;
  private failed: ErrorInfo | null = null;
  /** Whether the engine stopped since it last answered. */
  private hasStopped = false;
  private disposed = false;

  constructor(private readonly services: ScorerServices) {}

  get status(): ScorerStatus {
    const imageFailures = this.known?.failures.filter((failure) => failure !== null) ?? [];
    return { isBusy: this.isRunning, failure: this.failed, imageFailures };
  }

  /** Null while it is not known. */
  get study(): StudyInfo | null {
    return this.known?.study ?? null;
  }

  /** Other prompts are in view. */
  refresh(): void {
    if (this.disposed || this.failed !== null) return;
    if (this.isRunning) {
      this.again = true;
      if (this.asked !== null && !this.isWanted(this.asked.step)) this.asked.controller.abort();
    } else if (this.services.inView().length > 0) void this.run();
  }

  /** Other images, or another study: no number holds any longer. */
  subjectChanged(): void {
    this.isOutdated = true;
    this.known = null;
    this.failed = null;
    this.asked?.controller.abort();
    this.services.onChange();
    this.refresh();
  }

  /** The person, or something that they did, gives reason to hope that it goes well now. */
  retry(): void {
    if (this.failed === null) return;
    this.failed = null;
    this.isOutdated = true;
    this.services.onChange();
    this.refresh();
  }

  /** Null while it is not known. */
  score(member: Member): PromptScore | null {
    if (this.known === null || this.known.study === null) return null;
    const { memory, study } = this.known;
    const ask = askOf(member, memory);
    const score = ask === null ? undefined : memory.get(ask.key);
    if (ask === null || score?.kind !== 'scored') return null;
    return {
      direction: ask.direction,
      similarity: similarityOf(score)!,
      scored: score.similarities.length,
      confidence: this.confidence(member),
      confidenceKind: confidenceOf(study.model),
      strongest: this.strongest(member),
      readings: score.readings,
    };
  }

  /** What a prompt is as a direction; null where it is none, or where that is not known yet. */
  direction(member: Member): Direction | null {
    if (member.kind === 'scorable') return member.ask.direction;
    return this.known === null ? null : (askOf(member, this.known.memory)?.direction ?? null);
  }

  dispose(): void {
    this.disposed = true;
    this.asked?.controller.abort();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    try {
      while (!this.disposed && (await this.proceedAgain()));
    } catch (thrown) {
      // What was disposed of is not told that its engine stops, too.
      if (this.disposed) return;
      this.failed = toErrorInfo(thrown);
      this.services.onFailure(thrown);
    } finally {
      this.isRunning = false;
      if (!this.disposed) this.services.onChange();
      if (this.again) this.refresh();
    }
  }

  /** An engine that stopped is asked once more: another one takes its place. That is the end where it stops again. */
  private async proceedAgain(): Promise<boolean> {
    try {
      return await this.proceed();
    } catch (thrown) {
      if (!hasCode(thrown, 'engine-stopped') || this.hasStopped) throw thrown;
      this.hasStopped = true;
      this.isOutdated = true;
      return true;
    }
  }

  /** Whether there may be more to do. */
  private async proceed(): Promise<boolean> {
    this.again = false;
    const known = await this.current();
    if (known === null) return this.again;
    const inView = this.services.inView();
    const step = nextStep(inView, known.memory, needsGroups(known.study));
    if (step?.attributes) return this.ask(known, step);
    if (known.study !== null && (await this.describe(known.study, inView))) return true;
    return step === null ? this.again : this.ask(known, step);
  }

  private async current(): Promise<Known | null> {
    if (!this.isOutdated) return this.known;
    this.isOutdated = false;
    let subject: ScoredSubject | null = null;
    try {
      subject = await this.services.subject();
    } catch (thrown) {
      if (!this.isOutdated) throw thrown;
    }
    // It changed meanwhile: neither what it was counts, nor why it could not be told.
    if (this.isOutdated) return this.current();
    this.known = subject === null ? null : (this.kept.get(subject.key) ?? nothingKnown(subject));
    if (this.known !== null) this.kept.set(this.known.subject.key, this.known);
    this.services.onChange();
    return this.known;
  }

  private async ask(known: Known, step: Step): Promise<boolean> {
    const controller = new AbortController();
    this.asked = { step, controller };
    const { study, images } = known.subject;
    const directions = step.asks.map(({ direction }) => direction);
    try {
      const most = step.attributes ? mostRanked : 0;
      const request = { study, images: [...images], directions, most };
      this.take(known, step, await this.services.compare(request, controller.signal));
      this.hasStopped = false;
    } catch (thrown) {
      if (controller.signal.aborted) return true;
      if (!hasCode(thrown, 'prompt')) throw thrown;
      if (step.asks.length > 1) return this.askHalves(known, step);
      known.memory.set(step.asks[0]!.key, { kind: 'failed', error: toErrorInfo(thrown) });
    } finally {
      this.asked = null;
    }
    if (step.attributes || this.completes(known, step)) this.services.onChange();
    return true;
  }

  /** Whether a group in view is scored now, of which it was the rest: nothing else of it is shown. */
  private completes({ memory }: Known, { asks }: Step): boolean {
    const keys = new Set(asks.map(({ key }) => key));
    return groupsOf(this.services.inView()).some(
      ({ members }) =>
        members.some(({ ask }) => keys.has(ask.key)) &&
        members.every(({ ask }) => memory.peek(ask.key) !== undefined),
    );
  }

  /** One text that the model does not take costs the others nothing. */
  private async askHalves(known: Known, step: Step): Promise<boolean> {
    const middle = Math.ceil(step.asks.length / 2);
    for (const asks of [step.asks.slice(0, middle), step.asks.slice(middle)]) {
      if (this.known === known) await this.ask(known, { ...step, asks });
    }
    return true;
  }

  private take(known: Known, step: Step, comparison: Comparison): void {
    const images = scoredImages(comparison.failures);
    const isSame =
      known.study === null ||
      (known.study.key === comparison.study.key && scoredImages(known.failures) === images);
    if (!isSame) {
      // Model or images changed on disk: numbers of before and after must not be mixed.
      this.kept.delete(known.subject.key);
      if (this.known === known) this.isOutdated = true;
      return;
    }
    known.study = comparison.study;
    known.shares ??= new GroupShares(known.memory, comparison.study.model);
    known.failures = comparison.failures;
    step.asks.forEach(({ key }, d) => {
      known.memory.set(key, {
        kind: 'scored',
        similarities: [...comparison.similarities.subarray(d * images, (d + 1) * images)],
        strongest: step.attributes ? strongestComponent(comparison, d) : undefined,
        readings: comparison.readings[d]!,
      });
    });
  }

  private describe(study: StudyInfo, inView: readonly Member[]): Promise<boolean> {
    const { memory } = this.known!;
    const wanted = inView.flatMap((member) => {
      const ask = askOf(member, memory);
      const score = ask === null ? undefined : memory.peek(ask.key);
      const strongest = score?.kind === 'scored' ? score.strongest : null;
      return ask === null || !strongest
        ? []
        : { component: strongest.component, text: textOf(ask.direction) };
    });
    return this.services.descriptions.find(wanted, study.key).then((isNew) => {
      if (isNew) this.services.onChange();
      return isNew;
    });
  }

  private strongest(member: Member): StrongestComponent | null {
    const { memory, study } = this.known!;
    const ask = askOf(member, memory)!;
    const score = memory.peek(ask.key);
    if (score?.kind !== 'scored' || !score.strongest || study === null) return null;
    const { component, attribution, share } = score.strongest;
    const { descriptions } = this.services;
    return {
      component,
      attribution,
      share,
      label: descriptions.label(component, study.key),
      isPoor: descriptions.isPoor({ component, text: textOf(ask.direction) }, study.key),
    };
  }

  /** Null for templates: those of a group are no alternatives to one another. */
  private confidence(member: Member): number | null {
    if (member.kind === 'fillable' || this.known === null) return null;
    return this.known.shares?.of(member) ?? null;
  }

  /** Whether an answer to it would still be of use, and there is nothing more urgent. */
  private isWanted({ attributes, asks }: Step): boolean {
    if (this.known === null) return false;
    const next = nextStep(this.services.inView(), this.known.memory, needsGroups(this.known.study));
    if (next === null || (next.attributes && !attributes)) return false;
    const wanted = new Set(next.asks.map(({ key }) => key));
    return asks.some(({ key }) => wanted.has(key));
  }
}

function nothingKnown(subject: ScoredSubject): Known {
  return { subject, memory: new RecentlyUsed(memorySize), study: null, shares: null, failures: [] };
}

/** Whether all of a group are needed; so until it is known. */
function needsGroups(study: StudyInfo | null): boolean {
  return study === null || isShared(study.model);
}
