import type { Comparison, ComparisonRequest } from '../../shared/comparison';
import type { Direction } from '../../shared/direction';
import { type ErrorInfo, hasCode, toErrorInfo } from '../../shared/errors';
import type { StudyInfo } from '../../shared/study';
import type { ComponentDescriptions } from './componentDescriptions';
import type { PromptScore } from './editorPrompts';
import { KnownScores, type ScoredSubject } from './knownScores';
import type { Member } from './promptDirections';
import { RecentlyUsed } from './recentlyUsed';
import type { Step } from './scorePlan';
import { mostRanked } from './strongestComponents';

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

interface Asked {
  readonly step: Step;
  readonly controller: AbortController;
}

/**
 * Asks the engine for the scores of prompts, a little at a time: what is in view first. What was asked is cancelled when
 * it is no longer wanted. After a failure nothing is asked until `retry`.
 */
export class PromptScorer {
  private readonly kept = new RecentlyUsed<KnownScores>(4);
  private known: KnownScores | null = null;
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
    const imageFailures = this.known?.imageFailures ?? [];
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
    return this.known?.score(member, this.services.descriptions) ?? null;
  }

  /** What a prompt is as a direction; null where it is none, or where that is not known yet. */
  direction(member: Member): Direction | null {
    return member.kind === 'scorable' ? member.ask.direction : (this.known?.direction(member) ?? null);
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
    const step = known.next(inView);
    if (step?.attributes) return this.ask(known, step);
    if (known.study !== null && (await this.describe(known, known.study, inView))) return true;
    return step === null ? this.again : this.ask(known, step);
  }

  private async current(): Promise<KnownScores | null> {
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
    this.known = subject === null ? null : (this.kept.get(subject.key) ?? new KnownScores(subject));
    if (this.known !== null) this.kept.set(this.known.subject.key, this.known);
    this.services.onChange();
    return this.known;
  }

  private async ask(known: KnownScores, step: Step): Promise<boolean> {
    const controller = new AbortController();
    this.asked = { step, controller };
    const { study, images } = known.subject;
    const directions = step.asks.map(({ direction }) => direction);
    try {
      const most = step.attributes ? mostRanked : 0;
      const request = { study, images: [...images], directions, most };
      const comparison = await this.services.compare(request, controller.signal);
      if (!known.take(step, comparison)) this.startOver(known);
      this.hasStopped = false;
    } catch (thrown) {
      if (controller.signal.aborted) return true;
      if (!hasCode(thrown, 'prompt')) throw thrown;
      if (step.asks.length > 1) return this.askHalves(known, step);
      known.refuse(step.asks[0]!, toErrorInfo(thrown));
    } finally {
      this.asked = null;
    }
    if (step.attributes || known.completes(step, this.services.inView())) this.services.onChange();
    return true;
  }

  /** One text that the model does not take costs the others nothing. */
  private async askHalves(known: KnownScores, step: Step): Promise<boolean> {
    const middle = Math.ceil(step.asks.length / 2);
    for (const asks of [step.asks.slice(0, middle), step.asks.slice(middle)]) {
      if (this.known === known) await this.ask(known, { ...step, asks });
    }
    return true;
  }

  /** Model or images changed on disk: numbers of before and after must not be mixed. */
  private startOver(known: KnownScores): void {
    this.kept.delete(known.subject.key);
    if (this.known === known) this.isOutdated = true;
  }

  private async describe(known: KnownScores, study: StudyInfo, inView: readonly Member[]): Promise<boolean> {
    const isNew = await this.services.descriptions.find(known.named(inView), study.key);
    if (isNew) this.services.onChange();
    return isNew;
  }

  /** Whether an answer to it would still be of use, and there is nothing more urgent. */
  private isWanted({ attributes, asks }: Step): boolean {
    if (this.known === null) return false;
    const next = this.known.next(this.services.inView());
    if (next === null || (next.attributes && !attributes)) return false;
    const wanted = new Set(next.asks.map(({ key }) => key));
    return asks.some(({ key }) => wanted.has(key));
  }
}
