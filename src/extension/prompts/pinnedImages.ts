import * as vscode from 'vscode';
import * as z from 'zod';
import type { ImageSource } from '../../shared/image';
import { imageLabel, imageSource } from '../images/imageSource';
import type { PinnedSet } from './editorPrompts';

/** Milliseconds after which a file that is missing is gone. Many programs replace one by removing it first. */
const grace = 3000;

const Stored = z.array(z.string());

/** An image as it is now. */
export interface PinnedSource {
  readonly image: ImageSource;
  /** Another one where the picture may be another. */
  readonly key: string;
}

/** The pinned images of the workspace. A file that goes away, and stays away, is let go of. */
export class PinnedImages implements PinnedSet, vscode.Disposable {
  private static readonly key = 'clipsight.pinnedImages';
  private readonly change = new vscode.EventEmitter<void>();
  /** They are others, or another picture lies under a name. */
  readonly onChange = this.change.event;
  private pinned: readonly vscode.Uri[];
  private watchers: readonly vscode.Disposable[] = [];
  private disposed = false;

  constructor(private readonly storage: vscode.Memento) {
    const stored = Stored.safeParse(storage.get(PinnedImages.key));
    this.pinned = stored.success ? stored.data.map((uri) => vscode.Uri.parse(uri)) : [];
    this.watch();
    void this.dropMissing();
  }

  get images(): readonly vscode.Uri[] {
    return this.pinned;
  }

  async pin(images: readonly vscode.Uri[]): Promise<void> {
    await this.set([...new Map(images.map((uri) => [uri.toString(), uri])).values()]);
  }

  async unpin(): Promise<void> {
    await this.set([]);
  }

  /** For the engine. @throws ClipsightError 'image' where one cannot be read */
  async sources(): Promise<readonly PinnedSource[]> {
    await this.dropMissing();
    return Promise.all(
      this.pinned.map(async (uri) => {
        const { mtime, size } = await vscode.workspace.fs.stat(uri);
        return { image: await imageSource(uri), key: `${uri} ${mtime} ${size}` };
      }),
    );
  }

  dispose(): void {
    this.disposed = true;
    for (const watcher of this.watchers) watcher.dispose();
    this.change.dispose();
  }

  private async set(images: readonly vscode.Uri[]): Promise<void> {
    this.pinned = images;
    this.watch();
    this.change.fire();
    await this.storage.update(
      PinnedImages.key,
      images.map((uri) => uri.toString()),
    );
  }

  private async dropMissing(): Promise<void> {
    const before = this.pinned;
    if (!(await Promise.all(before.map(isMissing))).includes(true)) return;
    await new Promise((resolve) => setTimeout(resolve, grace));
    const missing = await Promise.all(before.map(isMissing));
    const gone = before.filter((_uri, i) => missing[i]);
    if (gone.length === 0 || this.pinned !== before || this.disposed) return;
    const names = gone.map(imageLabel).join(', ');
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('$(pinned) No longer pinned, because it is gone: {0}', names),
      15_000,
    );
    await this.set(before.filter((_uri, i) => !missing[i]));
  }

  private watch(): void {
    for (const watcher of this.watchers) watcher.dispose();
    this.watchers = this.pinned.map((uri) => {
      const folder = vscode.Uri.joinPath(uri, '..');
      const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(folder, name.replace(/[[\]{}*?]/g, '[$&]')),
      );
      watcher.onDidChange(() => this.change.fire());
      watcher.onDidCreate(() => this.change.fire());
      watcher.onDidDelete(() => void this.dropMissing());
      return watcher;
    });
  }
}

/** Only where that is certain: a file system that does not answer may do so later. */
async function isMissing(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return false;
  } catch (thrown) {
    return thrown instanceof vscode.FileSystemError && thrown.code === 'FileNotFound';
  }
}
