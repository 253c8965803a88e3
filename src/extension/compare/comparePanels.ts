import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod';
import { viewOptions } from '../views/viewPage';
import { compareViewType } from '../viewTypes';
import { type CompareOpening, ComparePanel, type CompareServices } from './comparePanel';
import { type Content, followGroup, shownOf, withoutGroup } from './content';
import { groupsAt } from './foundGroups';
import { type GroupNow, keyOf } from './groupNow';
import type { ToCompare } from './whatToCompare';

/** What a page keeps about itself across reloads: the name of its view, beside what is its own affair. */
const PageState = z.looseObject({ panel: z.string() });

/** All open comparisons: opens them, and opens them again after the window was reloaded. */
export class ComparePanels implements vscode.WebviewPanelSerializer {
  private readonly open = new Set<ComparePanel>();

  constructor(private readonly services: CompareServices) {}

  /** Opens a comparison beside the editor; that of a group that has one comes to the front. */
  show({ content, rank }: ToCompare, groups: readonly GroupNow[]): ComparePanel {
    const there = this.of(content.source);
    if (there !== undefined) {
      there.panel.reveal();
      return there;
    }
    const panel = vscode.window.createWebviewPanel(compareViewType, '', vscode.ViewColumn.Beside, {
      ...viewOptions(this.services.extension),
      // What is typed, sorted and scrolled to is worth more than the memory of some pictures.
      retainContextWhenHidden: true,
      enableFindWidget: true,
    });
    return this.fill(panel, { name: randomUUID(), content, groups, rank });
  }

  /** Called by VS Code for each comparison that was open when the window went down. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const page = PageState.safeParse(state);
    const name = page.success ? page.data.panel : '';
    const stored = this.services.store.find(name);
    if (stored === undefined) {
      panel.dispose();
      return;
    }
    // What classes are filled into is known when their file was looked into: no number is shown before.
    const uris = [...new Set(stored.columns.flatMap(({ place }) => (place === null ? [] : [place.uri])))];
    const groups = (await Promise.all(uris.map((uri) => groupsAt(this.services.found, uri)))).flat();
    const { content, followed } = foundAgain(stored, groups);
    this.fill(panel, { name, content, groups: followed, rank: null });
  }

  /** Computes every comparison again, with the settings of now. */
  recompute(): void {
    for (const panel of this.open) panel.recompute();
  }

  private of(source: Content['source']): ComparePanel | undefined {
    if (source === null) return undefined;
    const key = keyOf(source);
    return [...this.open].find((panel) => panel.source === key);
  }

  private fill(panel: vscode.WebviewPanel, opening: CompareOpening): ComparePanel {
    const opened = new ComparePanel(panel, opening, this.services);
    this.open.add(opened);
    panel.onDidDispose(() => this.open.delete(opened));
    return opened;
  }
}

/** Stored prompts at their places of now: by their number in the group where they stand there still, else by their text. */
export function foundAgain(
  stored: Content,
  groups: readonly GroupNow[],
): { readonly content: Content; readonly followed: readonly GroupNow[] } {
  const byKey = new Map(groups.map((group) => [keyOf(group), group]));
  const keys = stored.columns.flatMap(({ place }) => (place === null ? [] : [keyOf(place)]));
  let content = stored;
  const followed: GroupNow[] = [];
  for (const key of new Set(keys)) {
    const [uri, name] = key.split('\n') as [string, string];
    const group = byKey.get(key);
    if (group === undefined) {
      content = withoutGroup(content, uri, name);
      continue;
    }
    followed.push(group);
    const texts = group.prompts.map(({ text }) => text);
    const columns = content.columns.map((column) => {
      const { place } = column;
      if (place === null || keyOf(place) !== key) return column;
      const index = texts[place.index] === column.text ? place.index : texts.indexOf(column.text);
      // An index that the group does not have is one that is gone.
      return { ...column, place: { ...place, index: index < 0 ? texts.length : index } };
    });
    const chosenBy = content.chosenBy;
    content = followGroup({ ...content, columns, chosenBy: chosenBy ?? 'person' }, texts, group);
    const isWhole = shownOf(content, group).length >= texts.length;
    content = { ...content, chosenBy: chosenBy === null && isWhole ? null : content.chosenBy };
  }
  return { content, followed };
}
