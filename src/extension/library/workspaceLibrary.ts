import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { EngineProtocol, Preview } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { LibraryRequest, LibraryStatus } from '../../shared/library';
import type { Remote } from '../../shared/rpc/protocol';
import type { StudyReader } from '../engine/studyRequests';
import { withPatience } from '../patience';
import { libraryFile } from './libraryFile';

export interface LibraryServices {
  /** Where the workspace's library is kept; undefined where no folder is open. */
  readonly storage: vscode.Uri | undefined;
  readonly engine: () => Remote<EngineProtocol>;
  readonly readStudy: StudyReader;
  /** The judge that the settings name. @throws ClipsightError 'configuration' */
  readonly readJudge: () => string | null;
}

/** The library of the workspace, as it is for the study and the judge that the settings name. */
export class WorkspaceLibrary implements vscode.Disposable {
  private readonly change = new vscode.EventEmitter<void>();
  /** Whatever was read before may be out of date. */
  readonly onChange = this.change.event;
  private known: Promise<LibraryStatus | null> | null = null;
  /** The study that was last answered for in place of the one asked about. */
  private foreign: string | null = null;

  constructor(private readonly services: LibraryServices) {}

  /** Absolute; null where there can be no library. */
  get file(): string | null {
    return libraryFile(this.services.storage);
  }

  /** Whether anything was ever indexed here, for whatever study. */
  get exists(): boolean {
    const { file } = this;
    return file !== null && existsSync(file);
  }

  /** What jobs on the library are asked with. @throws ClipsightError 'configuration' */
  async request(): Promise<LibraryRequest> {
    return {
      library: this.demandFile(),
      study: await this.services.readStudy(),
      judge: this.services.readJudge(),
    };
  }

  /**
   * As `request`, for what needs images, with the AnalysisKey of the study.
   * @throws ClipsightError 'library' where none were indexed for the study
   */
  async indexedSubject(): Promise<{ readonly request: LibraryRequest; readonly study: string }> {
    const request = await this.request();
    const status = await this.status();
    if (status !== null && status.images > 0) return { request, study: status.study.key };
    throw new ClipsightError(
      'library',
      vscode.l10n.t('No images were indexed yet for this model and dictionary.'),
      vscode.l10n.t('Choose “Index Images” first.'),
    );
  }

  /** Null where there is no library yet: the engine is not asked then, and does not start for it. */
  status(): Promise<LibraryStatus | null> {
    if (this.known === null) {
      const known = this.readStatus();
      this.known = known;
      // A failure is told to whoever waits for it now, and is not kept.
      known.catch(() => {
        if (this.known === known) this.known = null;
      });
    }
    return this.known;
  }

  /** Looks whether another window, which owns the library, has changed it or let it go. */
  async lookAgain(): Promise<void> {
    const { known } = this;
    const before = await known?.catch(() => null);
    if (before?.access.kind !== 'snapshot') return;
    const now = await this.services.engine().libraryStatus(await this.request());
    if (this.known === known && JSON.stringify(now.access) !== JSON.stringify(before.access)) this.changed();
  }

  /** To be called after every change of the library, of the study and of the judge. */
  changed(): void {
    this.known = null;
    this.change.fire();
  }

  /**
   * To be called with the AnalysisKey of an answer that is of another study than the library was read for: the model or
   * the dictionary has changed on disk, and all that was read before is out of date. Returns whether that is news: it
   * is not where reading anew did not help.
   */
  answeredFor(study: string): boolean {
    if (study === this.foreign) return false;
    this.foreign = study;
    this.changed();
    return true;
  }

  thumbnail(sha256: string, size: number, signal: AbortSignal): Promise<Preview> {
    return this.services.engine().thumbnail({ library: this.demandFile(), sha256, size }, { signal });
  }

  dispose(): void {
    this.change.dispose();
  }

  private async readStatus(): Promise<LibraryStatus | null> {
    if (!this.exists) return null;
    const request = await this.request();
    return withPatience(vscode.l10n.t('Opening the library of images'), (options) =>
      this.services.engine().libraryStatus(request, options),
    );
  }

  private demandFile(): string {
    const { file } = this;
    if (file !== null) return file;
    throw new ClipsightError(
      'configuration',
      vscode.l10n.t('There is no folder open whose images could be indexed.'),
      vscode.l10n.t('Open a folder with images.'),
    );
  }
}
