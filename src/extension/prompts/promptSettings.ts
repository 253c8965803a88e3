import * as vscode from 'vscode';
import type { FinderOptions } from '../../shared/foundPrompts';

/** The settings `clipsight.prompts.*` that are about files in the editor. */
export interface PromptSettings {
  readonly hints: boolean;
  readonly lenses: boolean;
  readonly finder: FinderOptions;
  /** Globs of files in which nothing is found. */
  readonly ignore: readonly string[];
}

export function readPromptSettings(): PromptSettings {
  const settings = vscode.workspace.getConfiguration('clipsight.prompts');
  const list = (name: string) => settings.get<string[]>(name, []);
  return {
    hints: settings.get('hints', true),
    lenses: settings.get('lenses', true),
    finder: { names: list('names'), calls: list('calls'), files: list('files') },
    ignore: list('ignore'),
  };
}

/** Whether the editor shows inlay hints in a document, ours among them. */
export function showsHints(document: vscode.TextDocument): boolean {
  const enabled = vscode.workspace.getConfiguration('editor.inlayHints', document).get<string>('enabled');
  return enabled !== 'off' && readPromptSettings().hints;
}

/**
 * Whether one of the globs, relative to the workspace's folder, matches the path of the document, or of the notebook that
 * it is a cell of.
 */
export function isIgnored(
  document: vscode.TextDocument,
  notebook: vscode.NotebookDocument | null,
  globs: readonly string[],
): boolean {
  const folder = vscode.workspace.getWorkspaceFolder((notebook ?? document).uri);
  return globs.some((glob) => {
    const pattern = folder === undefined ? glob : new vscode.RelativePattern(folder, glob);
    // A cell's own address lies in no folder: with the type of a notebook given, that one's address is matched.
    const filter = notebook === null ? { pattern } : { notebookType: '*', pattern };
    return vscode.languages.match(filter, document) > 0;
  });
}

/** The same of a file that is not open. */
export function isIgnoredFile(uri: vscode.Uri, globs: readonly string[]): boolean {
  // Of a document no more is looked at where the filter is a pattern.
  return isIgnored({ uri, languageId: 'plaintext' } as vscode.TextDocument, null, globs);
}
