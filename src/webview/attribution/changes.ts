import type { Intervention } from '../../shared/intervention';
import { type Factors, factorsOf, interventionOf, noFactors, sameFactors, withFactor } from './factors';
import { History } from './history';

/** What is kept of the changes across a reload: those of a study, by its AnalysisKey. */
export interface KeptChanges {
  readonly key: string;
  readonly intervention: Intervention;
}

/**
 * What a person has changed in the model. It stays from image to image and from prompt to prompt. Another study numbers
 * its components otherwise, so every study has changes of its own, which are there again when it is.
 */
export class Changes {
  private history = unchanged();
  /** By AnalysisKey. */
  private readonly histories = new Map<string, History<Factors>>();
  /** What a drag has reached and not yet settled on. */
  private held: { readonly component: number; readonly factor: number } | null = null;
  private key: string | null = null;
  private behind: Factors = noFactors;

  constructor(private readonly onChange: () => void) {}

  /** With what a drag has reached. */
  get factors(): Factors {
    return this.held === null
      ? this.history.now
      : withFactor(this.history.now, this.held.component, this.held.factor);
  }

  get dragging(): boolean {
    return this.held !== null;
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  /** How many changes the study before had that this one has not, until the person takes notice or changes something. */
  get leftBehind(): number {
    return this.behind.size;
  }

  /** Null while no study is known or nothing is changed. */
  get kept(): KeptChanges | null {
    const factors = this.history.now;
    return this.key === null || factors.size === 0
      ? null
      : { key: this.key, intervention: interventionOf(factors) };
  }

  /** Begins with what was kept. */
  restore(kept: KeptChanges | null): void {
    this.key = kept?.key ?? null;
    this.history = new History(kept === null ? noFactors : factorsOf(kept.intervention), sameFactors);
  }

  /** The study under way. */
  study(key: string): void {
    if (this.key === key) return;
    const before = this.history.now;
    const another = this.key !== null;
    if (this.key !== null) this.histories.set(this.key, this.history);
    this.key = key;
    if (!another) return;
    this.held = null;
    this.history = this.histories.get(key) ?? unchanged();
    this.behind = this.history.now.size === 0 ? before : noFactors;
    this.onChange();
  }

  dismiss(): void {
    this.behind = noFactors;
    this.onChange();
  }

  set(component: number, factor: number): void {
    this.replace(withFactor(this.history.now, component, factor));
  }

  replace(factors: Factors): void {
    this.held = null;
    this.behind = noFactors;
    this.history.push(factors);
    this.onChange();
  }

  /** Where a drag is now; whoever drags knows. */
  hold(component: number, factor: number): void {
    this.held = { component, factor };
  }

  /** Settles on what the drag has reached: one step, however far it went. */
  release(): void {
    this.replace(this.factors);
  }

  /** Forgets the drag. */
  drop(): void {
    this.held = null;
    this.onChange();
  }

  undo(): void {
    this.move(() => this.history.undo());
  }

  redo(): void {
    this.move(() => this.history.redo());
  }

  private move(step: () => void): void {
    this.held = null;
    this.behind = noFactors;
    step();
    this.onChange();
  }
}

function unchanged(): History<Factors> {
  return new History(noFactors, sameFactors);
}
