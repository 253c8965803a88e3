import type { Memento } from 'vscode';
import * as z from 'zod';

const StoredPanel = z.object({
  /** Addresses of the images. */
  images: z.array(z.string()).min(1),
  prompts: z.array(z.string()),
});
/** What it takes to open a panel again. */
export type StoredPanel = z.infer<typeof StoredPanel>;

const StoredPanels = z.record(z.string(), StoredPanel);

/** A window that goes down leaves its panels here, also those that are never opened again. */
const mostPanels = 50;

/** The open panels of this workspace by name, so that they survive a reload of the window. */
export class PanelStore {
  private static readonly key = 'clipsight.panels';

  constructor(private readonly storage: Memento) {}

  find(name: string): StoredPanel | undefined {
    return this.read()[name];
  }

  async keep(name: string, panel: StoredPanel): Promise<void> {
    const others = Object.entries(this.read()).filter(([other]) => other !== name);
    await this.write([...others, [name, panel]]);
  }

  async drop(name: string): Promise<void> {
    await this.write(Object.entries(this.read()).filter(([other]) => other !== name));
  }

  private async write(panels: [string, StoredPanel][]): Promise<void> {
    await this.storage.update(PanelStore.key, Object.fromEntries(panels.slice(-mostPanels)));
  }

  private read(): Record<string, StoredPanel> {
    const stored = StoredPanels.safeParse(this.storage.get(PanelStore.key));
    return stored.success ? stored.data : {};
  }
}
