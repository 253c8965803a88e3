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

/** Whether one of the globs, relative to the workspace's folder, matches the document's path. */
export function isIgnored(document: vscode.TextDocument, globs: readonly string[]): boolean {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  return globs.some((glob) => {
    const pattern = folder === undefined ? glob : new vscode.RelativePattern(folder, glob);
    return vscode.languages.match({ pattern }, document) > 0;
  });
}
