import * as vscode from 'vscode';
import type { FoundPrompt } from '../../shared/foundPrompts';
import type { FoundDocuments, FoundIn, PinnedSet, PromptScore, PromptScores } from './editorPrompts';
import { groupSize } from './groupSize';
import { hintLabel, hintTooltip } from './hintText';
import { pinnedName } from './pinnedItem';
import { readPromptSettings } from './promptSettings';

interface Hinted {
  readonly found: FoundIn;
  readonly prompt: FoundPrompt;
  readonly score: PromptScore;
}

/** What the pinned images make of each prompt, at its end. Says what is known and waits for nothing. */
export class PromptHints implements vscode.InlayHintsProvider, vscode.Disposable {
  private readonly change = new vscode.EventEmitter<void>();
  readonly onDidChangeInlayHints = this.change.event;
  private readonly hinted = new WeakMap<vscode.InlayHint, Hinted>();

  constructor(
    private readonly documents: FoundDocuments,
    private readonly scores: PromptScores,
    private readonly pinned: PinnedSet,
  ) {}

  changed(): void {
    this.change.fire();
  }

  provideInlayHints(document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
    if (this.pinned.images.length === 0 || !readPromptSettings().hints) return [];
    const found = this.documents.known(document);
    if (found === null) return [];
    const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    const { prompts } = found.found;
    return prompts.flatMap((prompt, i) => {
      if (prompt.end < from || prompt.end > to) return [];
      const score = this.scores.of(found, prompt);
      if (score === null) return [];
      const isCrowded = [prompts[i - 1], prompts[i + 1]].some(
        (other) => other !== undefined && shareLine(document, prompt, other),
      );
      return this.hint({ found, prompt, score }, isCrowded);
    });
  }

  resolveInlayHint(hint: vscode.InlayHint): vscode.InlayHint {
    const hinted = this.hinted.get(hint);
    if (hinted === undefined) return hint;
    const { found, prompt, score } = hinted;
    const { images } = this.pinned;
    const context = {
      text: prompt.text,
      pinned: pinnedName(images),
      images: images.length,
      group: { name: prompt.group, size: groupSize(found, prompt.group) },
    };
    hint.tooltip = new vscode.MarkdownString(hintTooltip(score, context));
    return hint;
  }

  dispose(): void {
    this.change.dispose();
  }

  private hint(hinted: Hinted, isCrowded: boolean): vscode.InlayHint {
    const { found, prompt, score } = hinted;
    const isAlone = groupSize(found, prompt.group) < 2;
    const position = found.document.positionAt(afterQuote(found.document, prompt));
    const hint = new vscode.InlayHint(position, hintLabel(score, { isAlone, isCrowded }));
    hint.paddingLeft = true;
    this.hinted.set(hint, hinted);
    return hint;
  }
}

function shareLine(document: vscode.TextDocument, a: FoundPrompt, b: FoundPrompt): boolean {
  const [first, second] = a.start < b.start ? [a, b] : [b, a];
  return document.positionAt(first.end).line === document.positionAt(second.start).line;
}

/** The end of the literal: inside its quotes a hint would look like a part of the prompt. */
function afterQuote(document: vscode.TextDocument, { end, literal }: FoundPrompt): number {
  const [from, to] = [document.positionAt(end), document.positionAt(end + longestQuote)];
  const following = document.getText(new vscode.Range(from, to));
  const quote = literal === null ? /^("""|'''|["'`])/.exec(following)?.[0] : literal.quote;
  const written = [quote ?? '', `\\${quote}`].find((text) => text !== '' && following.startsWith(text));
  return end + (written?.length ?? 0);
}

const longestQuote = 4;
