import * as vscode from 'vscode';
import { CheckReports } from './checkReports';
import * as choices from './promptChoice';
import { type PromptSource, withoutRepeats } from './promptList';

export interface PromptPickerOptions {
  /** Checked when the picker opens, in this order. */
  readonly chosen: readonly string[];
  readonly remembered: readonly string[];
  readonly forget: (prompt: string) => Promise<void>;
  /** The prompts in the workspace's files; the picker can be used before they are found. */
  readonly findFiles: (token: vscode.CancellationToken) => Promise<readonly PromptSource[]>;
  readonly onError: (thrown: unknown) => void;
}

interface PromptItem extends vscode.QuickPickItem {
  /** Undefined for separators. */
  readonly prompt?: string;
}

/**
 * Asks for prompts: any number of those offered, and what is typed, or pasted one per line. Undefined when the
 * picker is left without a choice.
 */
export function pickPrompts(options: PromptPickerOptions): Promise<readonly string[] | undefined> {
  return new Promise((resolve) => new PromptPicker(options, resolve).show());
}

class PromptPicker {
  private readonly pick = vscode.window.createQuickPick<PromptItem>();
  private readonly closed = new vscode.CancellationTokenSource();
  private choice: choices.PromptChoice;
  private used: readonly string[];
  private files: readonly PromptSource[] = [];
  private readonly reports = new CheckReports(
    () => this.checked(),
    (checked) => this.onChecked(checked),
  );

  constructor(
    private readonly options: PromptPickerOptions,
    private readonly resolve: (prompts: readonly string[] | undefined) => void,
  ) {
    this.choice = choices.openChoice(options.chosen);
    this.used = [...options.chosen, ...options.remembered];
    this.pick.canSelectMany = true;
    this.pick.title = vscode.l10n.t('Prompts to match the images against');
    this.pick.placeholder = vscode.l10n.t('Type a prompt, or check some below, and press Enter');
    this.pick.buttons = [addButton];
    this.pick.onDidChangeSelection((items) => this.reports.reported(promptsOf(items)));
    this.pick.onDidChangeValue((value) => this.settled(() => this.onInput(value)));
    this.pick.onDidTriggerButton(() => this.settled(() => this.addTyped()));
    this.pick.onDidTriggerItemButton(({ item }) => this.settled(() => this.forget(item)));
    this.pick.onDidAccept(() => this.settled(() => this.accept()));
    this.pick.onDidHide(() => this.end());
  }

  show(): void {
    this.list();
    this.pick.show();
    this.settled(() => this.findFiles());
  }

  private async findFiles(): Promise<void> {
    this.pick.busy = true;
    try {
      const files = await this.options.findFiles(this.closed.token);
      if (this.closed.token.isCancellationRequested) return;
      this.files = files;
      this.render();
    } finally {
      this.pick.busy = false;
    }
  }

  private async onInput(value: string): Promise<void> {
    const before = this.choice.input;
    if (value === before) return;
    this.choice = choices.type(this.choice, value);
    this.render();
    // A browser would ask for leave to read the clipboard, at every paste.
    const readable = vscode.env.uiKind === vscode.UIKind.Desktop;
    if (!readable || !choices.mayBePasted(before, value)) return;
    const lines = choices.pastedLines(before, value, await vscode.env.clipboard.readText());
    if (lines !== null && this.choice.input === value) this.add(lines, before);
  }

  private onChecked(checked: ReadonlySet<string>): void {
    const before = this.choice;
    this.choice = choices.check(before, checked);
    if (before.takesInput && !this.choice.takesInput) this.render();
  }

  /** Does what the person asked, on top of the check marks made before it. */
  private settled(work: () => void | Promise<void>): void {
    this.reports.settle();
    Promise.resolve(work()).catch(this.options.onError);
  }

  private addTyped(): void {
    const typed = choices.typedPrompt(this.choice);
    if (typed !== null) this.add([typed], '');
  }

  private add(prompts: readonly string[], input: string): void {
    this.choice = choices.add(this.choice, prompts, input);
    this.pick.value = input;
    this.render();
  }

  private async forget({ prompt }: PromptItem): Promise<void> {
    if (prompt === undefined) return;
    this.used = this.used.filter((other) => other !== prompt);
    this.choice = choices.forget(this.choice, prompt);
    this.render();
    await this.options.forget(prompt);
  }

  private accept(): void {
    const shown = this.sources().flatMap(({ prompts }) => prompts);
    const prompts = choices.chosen(this.choice, this.options.chosen, shown);
    if (prompts.length === 0) return;
    this.resolve(prompts);
    this.pick.hide();
  }

  private end(): void {
    this.resolve(undefined);
    this.reports.dispose();
    this.closed.cancel();
    this.closed.dispose();
    this.pick.dispose();
  }

  /**
   * The editor reports check marks by position, perhaps of the list before the latest. So what comes and goes
   * while one types stands last; the editor shows it first, being the best match of what is typed.
   */
  private sources(): PromptSource[] {
    const typed = choices.typedPrompt(this.choice);
    const { added } = this.choice;
    return withoutRepeats([
      { label: vscode.l10n.t('added'), removable: true, prompts: added },
      { label: vscode.l10n.t('used before'), removable: true, prompts: this.used },
      ...this.files,
      { label: vscode.l10n.t('typed'), removable: false, prompts: typed === null ? [] : [typed] },
    ]);
  }

  private checked(): ReadonlySet<string> {
    const shown = this.sources().flatMap(({ prompts }) => prompts);
    return new Set(shown.filter((prompt) => choices.isChecked(this.choice, prompt)));
  }

  private render(): void {
    this.list();
    this.reports.listed();
  }

  private list(): void {
    const items = this.sources().flatMap(sourceItems);
    const typed = choices.typedPrompt(this.choice);
    const checked = this.checked();
    this.pick.items = items.map((item) => (item.prompt === typed ? { ...item, alwaysShow: true } : item));
    this.pick.selectedItems = this.pick.items.filter(
      ({ prompt = null }) => prompt !== null && checked.has(prompt),
    );
  }
}

const addButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('add'),
  tooltip: vscode.l10n.t('Take what is typed and type another'),
};

const forgetButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('trash'),
  tooltip: vscode.l10n.t('Forget this prompt'),
};

function promptsOf(items: readonly PromptItem[]): ReadonlySet<string> {
  return new Set(items.flatMap(({ prompt }) => prompt ?? []));
}

function sourceItems({ label, problem, removable, prompts }: PromptSource): PromptItem[] {
  if (prompts.length === 0 && problem === undefined) return [];
  const heading = problem === undefined ? label : `${label}: ${problem}`;
  return [
    { label: heading, kind: vscode.QuickPickItemKind.Separator },
    ...prompts.map((prompt) => ({ label: prompt, prompt, buttons: removable ? [forgetButton] : [] })),
  ];
}
