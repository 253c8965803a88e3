import * as vscode from 'vscode';
import type { FoundDocuments } from '../prompts/editorPrompts';
import type { Column } from './columns';
import { groupsAt } from './foundGroups';

/** Shows a prompt in its file, selected where it stands now: in the editor that has the file, else beside. */
export async function openPlace(
  { uri, group, index }: NonNullable<Column['place']>,
  found: Pick<FoundDocuments, 'find'>,
): Promise<void> {
  const groups = await groupsAt(found, uri);
  const prompt = groups.find((candidate) => candidate.group === group)?.prompts[index];
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const selection =
    prompt && new vscode.Range(document.positionAt(prompt.start), document.positionAt(prompt.end));
  await vscode.window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
    ...(selection && { selection }),
  });
}
