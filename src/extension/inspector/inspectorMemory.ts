import type { Memento } from 'vscode';
import * as z from 'zod';
import { Component } from '../../shared/component';
import { ShownOrder } from '../../shared/inspectorProtocol';

const Stored = z.object({
  /** AnalysisKey of the study that the components are of. */
  study: z.string(),
  component: Component.nullable(),
  history: z.array(Component),
  order: ShownOrder,
  samples: z.int().min(1).max(500),
  /** Text that was searched for; null where there was none. */
  search: z.string().nullable(),
});
export type StoredInspector = z.infer<typeof Stored>;

/** What the inspector shows, so that it survives a reload of the window. */
export class InspectorMemory {
  private static readonly key = 'clipsight.inspector';

  constructor(private readonly storage: Memento) {}

  /** Of this study; null where nothing is remembered of it. */
  recall(study: string): StoredInspector | null {
    const stored = Stored.safeParse(this.storage.get(InspectorMemory.key));
    return stored.success && stored.data.study === study ? stored.data : null;
  }

  async keep(stored: StoredInspector): Promise<void> {
    await this.storage.update(InspectorMemory.key, stored);
  }
}
