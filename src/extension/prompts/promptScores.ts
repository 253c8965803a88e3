import * as vscode from 'vscode';
import type { Direction } from '../../shared/direction';
import type { FoundPrompt, FoundPrompts, Template } from '../../shared/foundPrompts';
import type { FoundDocuments, FoundIn, PromptScore, PromptScores } from './editorPrompts';
import { type Member, promptMembers } from './promptDirections';
import type { PromptScorer } from './promptScorer';
import { showsHints } from './promptSettings';

type Members = readonly (readonly (Member | null)[])[];

/** Lines above and below the visible ones that are scored with them: scrolling a little shows what is there already. */
const margin = 15;

/** What is known of prompts in documents; and which of them are in view. */
export class EditorScores implements PromptScores, vscode.Disposable {
  private readonly scored = new vscode.EventEmitter<vscode.TextDocument>();
  readonly onScored = this.scored.event;
  private members = new WeakMap<readonly FoundPrompts[], Members>();
  private readonly places = new WeakMap<FoundPrompts, ReadonlyMap<FoundPrompt, number>>();

  /** @param classTemplate what classes are filled into where no templates are known */
  constructor(
    private readonly documents: FoundDocuments,
    private readonly scorer: () => PromptScorer,
    private readonly classTemplate: () => Template,
  ) {}

  of(found: FoundIn, prompt: FoundPrompt): PromptScore | null {
    if (found.edited.has(prompt)) return null;
    const member = this.member(found, prompt);
    return member === null ? null : this.scorer().score(member);
  }

  direction(found: FoundIn, prompt: FoundPrompt): Direction | null {
    const member = this.member(found, prompt);
    return member === null ? null : this.scorer().direction(member);
  }

  /** Classes are filled into something else. */
  forget(): void {
    this.members = new WeakMap();
  }

  /** The prompts in visible ranges: those of the active editor first. */
  inView(): Member[] {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const editors = visibleTextEditors.toSorted(
      (a, b) => Number(b === activeTextEditor) - Number(a === activeTextEditor),
    );
    return editors.flatMap((editor) => {
      const found = showsHints(editor.document) ? this.documents.known(editor.document) : null;
      return found === null ? [] : this.membersIn(found, editor.visibleRanges);
    });
  }

  /** Other numbers are known, or none any longer. */
  announce(): void {
    const shown = new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
    for (const document of shown) if (this.documents.known(document) !== null) this.scored.fire(document);
  }

  dispose(): void {
    this.scored.dispose();
  }

  private membersIn(found: FoundIn, ranges: readonly vscode.Range[]): Member[] {
    const { document } = found;
    const within = (distance: number) => {
      const spans = ranges.map(({ start, end }) => [
        document.offsetAt(new vscode.Position(Math.max(0, start.line - distance), 0)),
        document.offsetAt(new vscode.Position(end.line + distance + 1, 0)),
      ]);
      return found.found.prompts.flatMap((prompt) =>
        spans.some(([from, to]) => prompt.start <= to! && prompt.end >= from!) && !found.edited.has(prompt)
          ? (this.member(found, prompt) ?? [])
          : [],
      );
    };
    return [...new Set([...within(0), ...within(margin)])];
  }

  private member({ found, original, source }: FoundIn, prompt: FoundPrompt): Member | null {
    const members = this.members.get(original) ?? promptMembers(original, this.classTemplate());
    this.members.set(original, members);
    const places = this.places.get(found) ?? new Map(found.prompts.map((other, place) => [other, place]));
    this.places.set(found, places);
    const place = places.get(prompt);
    return place === undefined ? null : (members[source]?.[place] ?? null);
  }
}
