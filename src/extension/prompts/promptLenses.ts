import * as vscode from 'vscode';
import type { FoundDocuments, PinnedSet } from './editorPrompts';
import { pinnedName } from './pinnedItem';
import { readPromptSettings } from './promptSettings';

/** What `clipsight.comparePrompts` is called with. */
export interface ComparedGroup {
  /** Of the document, as a string. */
  readonly uri: string;
  /** Id of the group. */
  readonly group: string;
}

/** One row above each group of two or more prompts. */
export class PromptLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly change = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.change.event;

  constructor(
    private readonly documents: FoundDocuments,
    private readonly pinned: PinnedSet,
  ) {}

  changed(): void {
    this.change.fire();
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!readPromptSettings().lenses) return [];
    const found = this.documents.known(document) ?? (await this.documents.find(document));
    if (found === null) return [];
    const counts = new Map<string, number>();
    for (const { group } of found.found.prompts) counts.set(group, (counts.get(group) ?? 0) + 1);
    return found.found.groups.flatMap(({ id, start }) => {
      const count = counts.get(id) ?? 0;
      if (count < 2) return [];
      const line = document.lineAt(document.positionAt(start)).range;
      const compared: ComparedGroup = { uri: document.uri.toString(), group: id };
      return [
        new vscode.CodeLens(line, {
          title: this.comparison(count),
          tooltip: vscode.l10n.t('Compare the prompts of {0} side by side', id),
          command: 'clipsight.comparePrompts',
          arguments: [compared],
        }),
        new vscode.CodeLens(line, {
          title: vscode.l10n.t('Choose image'),
          tooltip: vscode.l10n.t('Choose the image that prompts are scored for'),
          command: 'clipsight.choosePinnedImage',
        }),
        // Without a folder there are no images to audit over.
        ...((vscode.workspace.workspaceFolders ?? []).length === 0
          ? []
          : [
              new vscode.CodeLens(line, {
                title: vscode.l10n.t('Audit'),
                tooltip: vscode.l10n.t('See what the prompts of this file rely on that they do not say'),
                command: 'clipsight.auditFile',
                arguments: [compared],
              }),
            ]),
      ];
    });
  }

  dispose(): void {
    this.change.dispose();
  }

  private comparison(count: number): string {
    const { images } = this.pinned;
    return images.length === 0
      ? vscode.l10n.t('Compare {0} prompts', count)
      : vscode.l10n.t('Compare {0} prompts · on {1}', count, pinnedName(images));
  }
}
