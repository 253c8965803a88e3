import type { Memento } from 'vscode';
import * as z from 'zod';
import type { SourceKind } from './reference';

const Stored = z.object({
  model: z.array(z.string()).default([]),
  dictionary: z.array(z.string()).default([]),
});

const remembered = 100;

/** The models and dictionaries that the person chose on this machine, as they are named in settings. */
export class SourceMemory {
  private static readonly key = 'clipsight.sources';

  constructor(private readonly storage: Memento) {}

  /** Most recently chosen first. */
  chosen(kind: SourceKind): readonly string[] {
    return this.read()[kind];
  }

  /** What is known already keeps its place, so that a list does not jump under the pointer. */
  async add(kind: SourceKind, reference: string): Promise<void> {
    const known = this.chosen(kind);
    if (!known.includes(reference)) await this.write(kind, [reference, ...known].slice(0, remembered));
  }

  async remove(kind: SourceKind, reference: string): Promise<void> {
    await this.write(
      kind,
      this.chosen(kind).filter((other) => other !== reference),
    );
  }

  private async write(kind: SourceKind, references: readonly string[]): Promise<void> {
    await this.storage.update(SourceMemory.key, { ...this.read(), [kind]: references });
  }

  private read(): z.output<typeof Stored> {
    const stored = Stored.safeParse(this.storage.get(SourceMemory.key) ?? {});
    return stored.success ? stored.data : { model: [], dictionary: [] };
  }
}
