import * as vscode from 'vscode';
import type { Vocabulary } from '../../shared/library';
import { findPromptsIn } from '../prompts/promptFiles';
import type { PanelInUse } from '../views/panelInUse';
import { readConcepts } from './librarySettings';
import { vocabularyOf } from './vocabulary';

/** The texts that components may be named by: the prompts in use, and the concepts in files of the workspace. */
export class Vocabularies implements vscode.Disposable {
  private readonly change = new vscode.EventEmitter<void>();
  /** Other texts than before. */
  readonly onChange = this.change.event;
  private readonly listeners: vscode.Disposable;
  private watchers: readonly vscode.Disposable[] = [];
  private concepts: Promise<readonly string[]> | null = null;

  constructor(private readonly inUse: Pick<PanelInUse, 'prompts' | 'onPrompts'>) {
    this.listeners = vscode.Disposable.from(
      inUse.onPrompts(() => this.change.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration('clipsight.concepts')) return;
        this.forget();
        this.watch();
      }),
    );
    this.watch();
  }

  async current(): Promise<Vocabulary> {
    this.concepts ??= findConcepts();
    return vocabularyOf(this.inUse.prompts, await this.concepts, readConcepts().nouns);
  }

  dispose(): void {
    this.listeners.dispose();
    for (const watcher of this.watchers) watcher.dispose();
    this.change.dispose();
  }

  private forget(): void {
    this.concepts = null;
    this.change.fire();
  }

  private watch(): void {
    for (const watcher of this.watchers) watcher.dispose();
    this.watchers = readConcepts().files.map((glob) => {
      const watcher = vscode.workspace.createFileSystemWatcher(glob);
      watcher.onDidCreate(() => this.forget());
      watcher.onDidChange(() => this.forget());
      watcher.onDidDelete(() => this.forget());
      return watcher;
    });
  }
}

/** A file that cannot be read has no concepts; that it is broken is said where prompts are picked. */
async function findConcepts(): Promise<readonly string[]> {
  const token = new vscode.CancellationTokenSource().token;
  const files = await findPromptsIn(readConcepts().files, token);
  return files.flatMap(({ prompts }) => prompts);
}
