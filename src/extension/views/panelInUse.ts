import * as vscode from 'vscode';
import type { ImageAnalysis } from '../../shared/analysis';
import type { PanelState } from '../../shared/panelProtocol';

/** As much of an attribution panel as others need. */
export interface StatefulPanel {
  readonly state: PanelState;
}

/** What an image of a panel gave, one direction per prompt. */
export interface PanelAnalysis {
  /** Path relative to the workspace, for people. */
  readonly name: string;
  readonly prompts: readonly string[];
  readonly analysis: ImageAnalysis;
}

/** The attribution panel that was used last: other views speak of its prompts and its images. */
export class PanelInUse implements vscode.Disposable {
  private readonly change = new vscode.EventEmitter<void>();
  /** It is another panel, or its state is another. */
  readonly onChange = this.change.event;
  private readonly promptsChange = new vscode.EventEmitter<void>();
  readonly onPrompts = this.promptsChange.event;
  private readonly analysisChange = new vscode.EventEmitter<void>();
  readonly onAnalysis = this.analysisChange.event;
  private panel: StatefulPanel | null = null;
  /** Index of the image that the person looked at last. */
  private image = 0;
  private shown: ImageAnalysis | null = null;
  private lastPrompts: readonly string[];

  /** @param prompts those that were used last, before any panel is open */
  constructor(prompts: readonly string[]) {
    this.lastPrompts = prompts;
  }

  /** Null where none is open. */
  get state(): PanelState | null {
    return this.panel?.state ?? null;
  }

  /** They outlive the panel. */
  get prompts(): readonly string[] {
    return this.lastPrompts;
  }

  /** Of the image that was looked at last; null as long as it is not computed. */
  get analysis(): PanelAnalysis | null {
    const image = this.state?.images[this.image];
    if (image?.outcome?.kind !== 'analysis') return null;
    return { name: image.name, prompts: this.prompts, analysis: image.outcome.analysis };
  }

  /** The person turned to the panel, to one of its images where that is known. */
  use(panel: StatefulPanel, image?: number): void {
    if (image !== undefined) this.image = image;
    else if (this.panel !== panel) this.image = 0;
    this.panel = panel;
    this.announce();
  }

  /** A panel has another state. */
  changed(panel: StatefulPanel): void {
    if (this.panel === panel) this.announce();
  }

  closed(panel: StatefulPanel): void {
    if (this.panel !== panel) return;
    this.panel = null;
    this.announce();
  }

  dispose(): void {
    this.change.dispose();
    this.promptsChange.dispose();
    this.analysisChange.dispose();
  }

  private announce(): void {
    const [prompts, shown] = [this.lastPrompts, this.shown];
    this.lastPrompts = this.state?.prompts ?? prompts;
    this.shown = this.analysis?.analysis ?? null;
    this.change.fire();
    const isSame =
      prompts.length === this.lastPrompts.length &&
      prompts.every((prompt, i) => prompt === this.lastPrompts[i]);
    if (!isSame) this.promptsChange.fire();
    if (this.shown !== shown) this.analysisChange.fire();
  }
}
