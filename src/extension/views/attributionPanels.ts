import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import * as z from 'zod';
import { attributionViewType } from '../viewTypes';
import { AttributionPanel, type PanelContent, type PanelServices, panelOptions } from './attributionPanel';

/** What a page keeps about itself across reloads: the name of its panel, beside what is its own affair. */
const PageState = z.looseObject({ panel: z.string() });

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly images: readonly vscode.Uri[];
}

/** All open attribution panels: opens them, and opens them again after the window was reloaded. */
export class AttributionPanels implements vscode.WebviewPanelSerializer {
  private readonly open = new Map<AttributionPanel, OpenPanel>();

  constructor(private readonly services: PanelServices) {}

  /** Opens a panel in the active editor column. */
  show(images: readonly vscode.Uri[], prompts: readonly string[]): void {
    const panel = vscode.window.createWebviewPanel(attributionViewType, '', vscode.ViewColumn.Active, {
      ...panelOptions(this.services.extension),
      // What is selected and scrolled to in a result is worth more than the memory of its pictures.
      retainContextWhenHidden: true,
      enableFindWidget: true,
    });
    this.fill(panel, { name: randomUUID(), images, prompts });
  }

  /** Called by VS Code for each panel that was open when the window went down. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const page = PageState.safeParse(state);
    const name = page.success ? page.data.panel : '';
    const stored = this.services.store.find(name);
    if (stored === undefined) {
      panel.dispose();
      return;
    }
    const { prompts } = stored;
    this.fill(panel, { name, images: stored.images.map((uri) => vscode.Uri.parse(uri)), prompts });
  }

  /** Computes every open panel again, with the settings of now. */
  recompute(): void {
    for (const panel of this.open.keys()) panel.recompute();
  }

  /** The images of the panel in the active tab; none where there is none. */
  shownImages(): readonly vscode.Uri[] {
    return [...this.open.values()].find(({ panel }) => panel.active)?.images ?? [];
  }

  private fill(panel: vscode.WebviewPanel, content: PanelContent): void {
    const opened = new AttributionPanel(panel, content, this.services);
    this.open.set(opened, { panel, images: content.images });
    panel.onDidDispose(() => this.open.delete(opened));
  }
}
