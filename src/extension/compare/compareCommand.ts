import * as vscode from 'vscode';
import * as z from 'zod';
import type { FoundDocuments } from '../prompts/editorPrompts';
import type { ComparePanels } from './comparePanels';
import { openContent } from './content';
import { groupsIn } from './foundGroups';
import { groupAt, ofGroup, type Span, selectedMembers } from './whatToCompare';

/** What a lens names: a group of a document. */
const LensArgument = z.object({
  uri: z.union([z.string(), z.custom<vscode.Uri>((value) => value instanceof vscode.Uri)]),
  group: z.string(),
});

export interface CompareCommandServices {
  readonly panels: Pick<ComparePanels, 'show'>;
  readonly found: Pick<FoundDocuments, 'find'>;
  readonly pickPrompts: () => Promise<readonly string[] | undefined>;
}

/**
 * Opens a comparison: of the group that a lens names; of what is selected in the editor; of the group at its cursor; of
 * prompts that the person picks where there is none of these.
 */
export async function comparePrompts(argument: unknown, services: CompareCommandServices): Promise<void> {
  const named = LensArgument.safeParse(argument);
  if (named.success) {
    const { uri, group } = named.data;
    if (await compareGroup(typeof uri === 'string' ? vscode.Uri.parse(uri) : uri, group, services)) return;
  }
  const editor = vscode.window.activeTextEditor;
  if (!named.success && editor !== undefined && (await compareInEditor(editor, services))) return;
  const prompts = await services.pickPrompts();
  if (prompts === undefined || prompts.length === 0) return;
  const title = vscode.l10n.t('{0} prompts', prompts.length);
  const members = prompts.map((text) => ({ text }));
  services.panels.show({ content: openContent(title, null, null, members), rank: null }, []);
}

async function compareGroup(
  uri: vscode.Uri,
  name: string,
  { found, panels }: CompareCommandServices,
): Promise<boolean> {
  const document = await vscode.workspace.openTextDocument(uri);
  const known = await found.find(document);
  const group = known === null ? undefined : groupsIn(known).find((candidate) => candidate.group === name);
  if (group === undefined) return false;
  const editor = vscode.window.visibleTextEditors.find((candidate) => candidate.document === document);
  panels.show(ofGroup(group, editor === undefined ? null : editor.selection.active.line + 1), [group]);
  return true;
}

async function compareInEditor(
  { document, selections, selection }: vscode.TextEditor,
  { found, panels }: CompareCommandServices,
): Promise<boolean> {
  const known = await found.find(document);
  const groups = known === null ? [] : groupsIn(known);
  const spans = selections.map(
    ({ start, end }): Span => ({ start: document.offsetAt(start), end: document.offsetAt(end) }),
  );
  if (selections.length > 1 || !selection.isEmpty) {
    const members = selectedMembers(groups, document.getText(), spans);
    if (members.length > 1) {
      const title = vscode.l10n.t(
        '{0} prompts of {1}',
        members.length,
        vscode.workspace.asRelativePath(document.uri),
      );
      const used = new Set(members.flatMap((member) => ('group' in member ? [member.group] : [])));
      panels.show({ content: openContent(title, null, null, members), rank: null }, [...used]);
      return true;
    }
  }
  const places = new Map((known?.found.groups ?? []).map((group) => [group.id, group]));
  const group = groupAt(groups, places, document.offsetAt(selection.active)) ?? onlyOne(groups);
  if (group === null) return false;
  panels.show(ofGroup(group, selection.active.line + 1), [group]);
  return true;
}

/** Where a file has one group there is no doubt which is meant. */
function onlyOne<Value>(values: readonly Value[]): Value | null {
  return values.length === 1 ? values[0]! : null;
}
