import type { Memento } from 'vscode';
import * as z from 'zod';

const Stored = z.array(z.string());

/** Folders on network drives that the person said to index: no other one is looked into. */
export class NetworkFolders {
  private static readonly key = 'clipsight.networkFolders';

  constructor(private readonly storage: Memento) {}

  /** Of these folders, those that the person did not speak of yet, or refused. */
  notAllowed(folders: readonly string[]): readonly string[] {
    const allowed = new Set(this.read());
    return folders.filter((folder) => !allowed.has(folder));
  }

  async allow(folders: readonly string[]): Promise<void> {
    if (this.notAllowed(folders).length === 0) return;
    await this.storage.update(NetworkFolders.key, [...new Set([...this.read(), ...folders])]);
  }

  private read(): readonly string[] {
    const stored = Stored.safeParse(this.storage.get(NetworkFolders.key));
    return stored.success ? stored.data : [];
  }
}
