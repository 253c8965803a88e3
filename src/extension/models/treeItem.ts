import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { escapeMarkdown } from './markdown';
import { nameOf } from './names';
import { type Node, nodeContext, nodeId, type RowNode, type SectionNode, type SourceNode } from './nodes';
import type { RowTone } from './row';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** How a node is drawn. */
export function treeItem(node: Node): vscode.TreeItem {
  const item = drawn(node);
  item.id = nodeId(node);
  item.contextValue = nodeContext(node);
  return item;
}

function drawn(node: Node): vscode.TreeItem {
  switch (node.kind) {
    case 'section':
      return sectionItem(node);
    case 'source':
      return sourceItem(node);
    case 'row':
      return rowItem(node);
  }
}

function sectionItem({ of }: SectionNode): vscode.TreeItem {
  return new vscode.TreeItem(
    of === 'model' ? vscode.l10n.t('Models') : vscode.l10n.t('Dictionaries'),
    Expanded,
  );
}

function sourceItem({ reference, inUse }: SourceNode): vscode.TreeItem {
  const { label, origin } = nameOf(reference, homedir());
  const item = new vscode.TreeItem(label, Collapsed);
  item.description = inUse ? vscode.l10n.t('in use · {0}', origin) : origin;
  item.iconPath = new vscode.ThemeIcon(inUse ? 'circle-large-filled' : 'circle-large-outline');
  item.tooltip = tooltip(label, [
    reference,
    inUse ? vscode.l10n.t('In use: panels compute with it.') : vscode.l10n.t('Not in use.'),
  ]);
  item.accessibilityInformation = { label: spoken(label, item.description) };
  return item;
}

function rowItem({ row }: RowNode): vscode.TreeItem {
  const { label, description, details = [], tone, rows = [], file } = row;
  const open = tone === undefined ? Collapsed : Expanded;
  const item = new vscode.TreeItem(label, rows.length === 0 ? None : open);
  if (description !== undefined) item.description = description;
  if (tone !== undefined) item.iconPath = toneIcon(tone);
  item.tooltip = tooltip(description === undefined ? '' : `${label}: ${description}`, details);
  item.accessibilityInformation = { label: spoken(toneWord(tone), label, description) };
  if (file !== undefined) {
    item.command = {
      command: 'clipsight.revealFile',
      title: vscode.l10n.t('Show File'),
      arguments: [file],
    };
  }
  return item;
}

/** A heading and paragraphs of plain text. */
function tooltip(heading: string, paragraphs: readonly string[]): vscode.MarkdownString {
  const title = heading === '' ? [] : [`**${escapeMarkdown(heading)}**`];
  return new vscode.MarkdownString([...title, ...paragraphs.map(escapeMarkdown)].join('\n\n'));
}

function toneIcon(tone: RowTone): vscode.ThemeIcon {
  const coloured = (icon: string, color: string) => new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  switch (tone) {
    case 'good':
      return coloured('pass', 'testing.iconPassed');
    case 'warning':
      return coloured('warning', 'problemsWarningIcon.foreground');
    case 'error':
      return coloured('error', 'problemsErrorIcon.foreground');
    case 'busy':
      return new vscode.ThemeIcon('loading~spin');
    case 'untested':
      return new vscode.ThemeIcon('beaker');
  }
}

/** What a coloured icon says, for those who do not see it. */
function toneWord(tone: RowTone | undefined): string | undefined {
  switch (tone) {
    case 'warning':
      return vscode.l10n.t('Warning');
    case 'error':
      return vscode.l10n.t('Error');
    case 'good':
    case 'busy':
    case 'untested':
    case undefined:
      return undefined;
  }
}

function spoken(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}
