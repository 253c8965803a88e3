import type { Memento } from 'vscode';
import * as z from 'zod';
import { Literal, PromptKind, Template } from '../../shared/foundPrompts';
import type { Content } from './content';

const StoredColumn = z.object({
  id: z.int().nonnegative(),
  text: z.string(),
  kind: PromptKind,
  template: Template.nullable(),
  place: z
    .object({
      uri: z.string(),
      group: z.string(),
      index: z.int().nonnegative(),
      line: z.int().nullable(),
      literal: Literal.nullable(),
    })
    .nullable(),
  draftOf: z.int().nullable(),
});

const StoredContent = z.object({
  title: z.string(),
  source: z.object({ uri: z.string(), group: z.string() }).nullable(),
  chosenBy: z.enum(['score', 'cursor', 'first', 'person']).nullable(),
  columns: z.array(StoredColumn).max(100),
  nextId: z.int().nonnegative(),
  fillings: z.object({ template: z.string().nullable(), name: z.string().nullable() }),
  pair: z.object({ of: z.int(), against: z.int() }).nullable(),
});

const StoredContents = z.record(z.string(), z.unknown());

/** A window that goes down leaves its views here, also those that are never opened again. */
const mostViews = 50;

/**
 * What the open comparisons of this workspace are of, by name, so that they survive a reload of the window. What classes
 * and templates are filled with is read from the file again.
 */
export class CompareStore {
  private static readonly key = 'clipsight.comparisons';

  constructor(private readonly storage: Memento) {}

  find(name: string): Content | undefined {
    const stored = StoredContent.safeParse(this.read()[name]);
    if (!stored.success) return undefined;
    const columns = stored.data.columns.map((column) => ({ ...column, templates: [], classes: [] }));
    return { ...stored.data, columns };
  }

  async keep(name: string, content: Content): Promise<void> {
    const columns = content.columns.map(({ templates: _templates, classes: _classes, ...column }) => column);
    const others = Object.entries(this.read()).filter(([other]) => other !== name);
    await this.write([...others, [name, { ...content, columns }]]);
  }

  async drop(name: string): Promise<void> {
    await this.write(Object.entries(this.read()).filter(([other]) => other !== name));
  }

  private async write(views: [string, unknown][]): Promise<void> {
    await this.storage.update(CompareStore.key, Object.fromEntries(views.slice(-mostViews)));
  }

  private read(): Record<string, unknown> {
    const stored = StoredContents.safeParse(this.storage.get(CompareStore.key));
    return stored.success ? stored.data : {};
  }
}
