import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Uri } from 'vscode';
import { replaceFile } from '../workspaceFile';
import { formatKeptAudit, type KeptAudit, parseKeptAudit } from './keptAudit';

/** Keeps the last outcome of a workspace from one window to the next. */
export class OutcomeStore {
  private readonly file: string | null;

  /** @param storage of the workspace; undefined where no folder is open: then nothing is kept */
  constructor(storage: Uri | undefined) {
    this.file = storage?.scheme === 'file' ? join(storage.fsPath, 'audit.json') : null;
  }

  /** Null where there is none, or none that this version can read. */
  async read(): Promise<KeptAudit | null> {
    if (this.file === null) return null;
    const text = await readFile(this.file, 'utf8').catch(() => null);
    return text === null ? null : parseKeptAudit(text);
  }

  async write(kept: KeptAudit | null): Promise<void> {
    if (this.file === null) return;
    if (kept === null) {
      await rm(this.file, { force: true });
      return;
    }
    await mkdir(dirname(this.file), { recursive: true });
    await replaceFile(this.file, formatKeptAudit(kept));
  }
}
