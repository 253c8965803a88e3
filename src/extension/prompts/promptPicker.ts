import * as vscode from 'vscode';
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

/**
 * What is typed is no item of the list, and the list is replaced only while nothing is typed: what the editor
 * reports of its check marks meanwhile is then the person's doing.
 */
class PromptPicker {
  private readonly pick = vscode.window.createQuickPick<PromptItem>();
  private readonly closed = new vscode.CancellationTokenSource();
  private choice: choices.PromptChoice;
  private used: readonly string[];
  private files: readonly PromptSource[] = [];
  /** Whether the list shown lacks what came while the person typed. */
  private outdated = false;

  constructor(
    private readonly options: PromptPickerOptions,
    private readonly resolve: (prompts: readonly string[] | undefined) => void,
  ) {
    this.choice = choices.openChoice(options.chosen);
    this.used = [...options.chosen, ...options.remembered];
    this.pick.canSelectMany = true;
    this.pick.placeholder = vscode.l10n.t('Type a prompt, or check some below, and press Enter');
    this.pick.buttons = [addButton];
    this.pick.onDidChangeSelection((items) => this.update(choices.check(this.choice, promptsOf(items))));
    this.pick.onDidChangeValue((value) => this.attempt(this.onInput(value)));
    this.pick.onDidTriggerButton(() => this.addTyped());
    this.pick.onDidTriggerItemButton(({ item }) => this.attempt(this.forget(item)));
    this.pick.onDidAccept(() => this.accept());
    this.pick.onDidHide(() => this.end());
  }

  show(): void {
    this.update(this.choice);
    this.list();
    this.pick.show();
    this.attempt(this.findFiles());
  }

  private async findFiles(): Promise<void> {
    this.pick.busy = true;
    try {
      const files = await this.options.findFiles(this.closed.token);
      if (this.closed.token.isCancellationRequested) return;
      this.files = files;
      this.list();
    } finally {
      this.pick.busy = false;
    }
  }

  private async onInput(value: string): Promise<void> {
    const before = this.choice.input;
    if (value === before) return;
    this.update(choices.type(this.choice, value));
    if (this.outdated) this.list();
    // A browser would ask for leave to read the clipboard, at every paste.
    const readable = vscode.env.uiKind === vscode.UIKind.Desktop;
    if (!readable || !choices.mayBePasted(before, value)) return;
    const lines = choices.pastedLines(before, value, await vscode.env.clipboard.readText());
    if (lines !== null && this.choice.input === value) this.add(lines);
  }

  private addTyped(): void {
    const typed = choices.typedPrompt(this.choice);
    if (typed !== null) this.add([typed]);
  }

  private add(prompts: readonly string[]): void {
    this.update(choices.add(this.choice, prompts));
    this.pick.value = '';
    this.list();
  }

  private async forget({ prompt }: PromptItem): Promise<void> {
    if (prompt === undefined) return;
    this.used = this.used.filter((other) => other !== prompt);
    this.update(choices.forget(this.choice, prompt));
    this.list();
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
    this.closed.cancel();
    this.closed.dispose();
    this.pick.dispose();
  }

  private sources(): PromptSource[] {
    return withoutRepeats([
      { label: vscode.l10n.t('added'), removable: true, prompts: this.choice.added },
      { label: vscode.l10n.t('used before'), removable: true, prompts: this.used },
      ...this.files,
    ]);
  }

  /** The title says what Enter will take, where that may be in doubt. */
  private update(choice: choices.PromptChoice): void {
    this.choice = choice;
    const typed = choices.typedPrompt(choice);
    this.pick.title =
      typed === null
        ? vscode.l10n.t('Prompts to match the images against')
        : choices.takesInput(choice)
          ? vscode.l10n.t('Enter takes “{0}”', typed)
          : vscode.l10n.t('Enter takes what is checked');
  }

  private list(): void {
    this.outdated = choices.typedPrompt(this.choice) !== null;
    if (this.outdated) return;
    const { checked } = this.choice;
    this.pick.items = this.sources().flatMap(sourceItems);
    this.pick.selectedItems = this.pick.items.filter(
      ({ prompt = null }) => prompt !== null && checked.has(prompt),
    );
  }

  private attempt(work: Promise<void>): void {
    work.catch(this.options.onError);
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
