import * as vscode from 'vscode';

const scheme = 'clipsight-outcome';

/** Outcomes that were shown, kept for as long as the window lives. */
const mostKept = 20;

/** Documents that say what interventions do: read only, in Markdown. */
export class OutcomeDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly change = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.change.event;
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.texts.get(uri.path) ?? vscode.l10n.t('It is gone with the window. Apply the intervention again.')
    );
  }

  /** Shows a text, in the place of what was shown under the name before. */
  async show(name: string, markdown: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${name.replace(/[/\\]/g, '_')}.md` });
    this.texts.delete(uri.path);
    this.texts.set(uri.path, markdown);
    for (const oldest of this.texts.keys()) {
      if (this.texts.size <= mostKept) break;
      this.texts.delete(oldest);
    }
    this.change.fire(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // Markdown's own extension may be switched off.
      await vscode.window.showTextDocument(uri, { preview: false });
    }
  }

  dispose(): void {
    this.registration.dispose();
    this.change.dispose();
  }
}
