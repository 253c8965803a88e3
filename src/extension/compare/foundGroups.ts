import * as vscode from 'vscode';
import type { FoundDocuments, FoundIn } from '../prompts/editorPrompts';
import { type GroupNow, groupNow } from './groupNow';

/** The groups of a document, as they are found at its present version; none where nothing is looked for in it. */
export async function groupsOf(
  found: Pick<FoundDocuments, 'find'>,
  document: vscode.TextDocument,
): Promise<GroupNow[]> {
  const known = await found.find(document);
  return known === null ? [] : groupsIn(known);
}

export function groupsIn({ document, found, all }: FoundIn): GroupNow[] {
  const lineOf = (offset: number) => document.positionAt(offset).line + 1;
  return found.groups.map((group) => groupNow(document.uri.toString(), group, found, all, lineOf));
}

/** As above, of a document by its address; none where it cannot be opened. */
export async function groupsAt(found: Pick<FoundDocuments, 'find'>, uri: string): Promise<GroupNow[]> {
  try {
    return await groupsOf(found, await vscode.workspace.openTextDocument(vscode.Uri.parse(uri)));
  } catch {
    return [];
  }
}
