import * as vscode from 'vscode';
import type { PanelState } from '../../shared/panelProtocol';

/** As much of an attribution panel as others need. */
export interface StatefulPanel {
  readonly state: PanelState;
}

/** The attribution panel that was used last: other views speak of its prompts and its images. */
export class PanelInUse implements vscode.Disposable {
  private readonly change = new vscode.EventEmitter<void>();
  /** It is another panel, or its state is another. */
  readonly onChange = this.change.event;
  private readonly promptsChange = new vscode.EventEmitter<void>();
  readonly onPrompts = this.promptsChange.event;
  private panel: StatefulPanel | null = null;
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

  /** The person turned to the panel. */
  use(panel: StatefulPanel): void {
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
    this.change.fire();
  }

  dispose(): void {
    this.change.dispose();
    this.promptsChange.dispose();
  }

  private announce(): void {
    const prompts = this.state?.prompts ?? this.lastPrompts;
    const before = this.lastPrompts;
    this.lastPrompts = prompts;
    this.change.fire();
    const isSame = prompts.length === before.length && prompts.every((prompt, i) => prompt === before[i]);
    if (!isSame) this.promptsChange.fire();
  }
}
