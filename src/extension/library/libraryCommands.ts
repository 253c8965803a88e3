import * as vscode from 'vscode';
import type { EngineProtocol } from '../../shared/engineProtocol';
import type { IndexReport } from '../../shared/library';
import type { Remote } from '../../shared/rpc/protocol';
import { count, digits } from '../models/amounts';
import { duration } from '../models/transfer';
import { showFailures } from './failures';
import type { Indexer } from './indexer';
import { pickIndexingAction } from './indexingItem';
import { exportLibrary, importLibrary } from './shards';
import type { WorkspaceLibrary } from './workspaceLibrary';

/** What the commands `clipsight.<name>` about the library do. */
export function libraryCommands(
  library: WorkspaceLibrary,
  indexer: Indexer,
  engine: () => Remote<EngineProtocol>,
): Readonly<Record<string, () => Promise<void> | void>> {
  return {
    indexImages: async () => sayReport(await indexer.index()),
    resumeIndexing: async () => sayReport(await indexer.resume()),
    pauseIndexing: () => indexer.pause(),
    cancelIndexing: () => indexer.cancel(),
    indexingActions: () => pickIndexingAction(indexer),
    showFailures: async () => showFailures((await library.status())?.failures ?? []),
    exportLibrary: () => exportLibrary(library, engine),
    importLibrary: () => importLibrary(library, engine),
  };
}

/** Says what came of an indexing. */
async function sayReport(report: IndexReport | undefined): Promise<void> {
  if (report === undefined) return;
  const { failures, notes } = report;
  const said = [reportLine(report), ...notes].join(' ');
  if (failures.length === 0) {
    void vscode.window.showInformationMessage(said);
    return;
  }
  const show = vscode.l10n.t('Show Failures');
  const failed = vscode.l10n.t('{0} files could not be read.', count(failures.length));
  const chosen = await vscode.window.showWarningMessage(`${said} ${failed}`, show);
  if (chosen === show) await showFailures(failures);
}

function reportLine({ images, computed, seconds, imagesPerSecond }: IndexReport): string {
  if (computed === 0) return vscode.l10n.t('{0} images are indexed; nothing was new.', count(images));
  const pace = imagesPerSecond === null ? '' : vscode.l10n.t(', {0} images/s', digits(imagesPerSecond));
  return vscode.l10n.t(
    '{0} images are indexed, {1} of them now, in {2}{3}.',
    count(images),
    count(computed),
    duration(seconds),
    pace,
  );
}
