import * as vscode from 'vscode';
import type { EngineProtocol, Source } from '../../shared/engineProtocol';
import { type ErrorInfo, errorLine, toErrorInfo } from '../../shared/errors';
import type { Remote } from '../../shared/rpc/protocol';
import { type Mark, transferred, withMark } from './transfer';

type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: ErrorInfo };

/** Milliseconds between two pictures of the progress. */
const pause = 250;

/**
 * Brings a model or dictionary of the hub onto this machine, and shows how far that is. Whoever stops it, or loses
 * the network, is asked whether to go on.
 * @param engine asked for at each try, because the engine may have been started anew
 * @returns whether all of it is here
 */
export async function download(engine: () => Remote<EngineProtocol>, source: Source): Promise<boolean> {
  for (;;) {
    const ending = await downloadOnce(engine, source);
    switch (ending.kind) {
      case 'done':
        return true;
      case 'cancelled':
        if (!(await goesOn(source))) return false;
        break;
      case 'failed':
        if (!(await triesAgain(ending.error))) return false;
        break;
    }
  }
}

function downloadOnce(engine: () => Remote<EngineProtocol>, source: Source): Thenable<Ending> {
  const options: vscode.ProgressOptions = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Downloading {0}', source.source),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token): Promise<Ending> => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    let marks: readonly Mark[] = [];
    let shown = { time: Number.NEGATIVE_INFINITY, share: 0 };
    try {
      await engine().download(source, {
        signal: controller.signal,
        onProgress: ({ done, total }) => {
          const time = performance.now();
          marks = withMark(marks, { time, done });
          if (time - shown.time < pause && done < total) return;
          const share = total > 0 ? Math.min(100, (done / total) * 100) : 0;
          progress.report({
            message: transferred(marks, total),
            increment: Math.max(0, share - shown.share),
          });
          shown = { time, share };
        },
      });
      return { kind: 'done' };
    } catch (thrown) {
      const error = toErrorInfo(thrown);
      return error.code === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', error };
    }
  });
}

async function goesOn({ source }: Source): Promise<boolean> {
  const resume = vscode.l10n.t('Resume');
  const message = vscode.l10n.t(
    'The download of {0} was stopped. What is there is kept; it goes on from there.',
    source,
  );
  return (await vscode.window.showInformationMessage(message, resume)) === resume;
}

async function triesAgain(error: ErrorInfo): Promise<boolean> {
  const retry = vscode.l10n.t('Retry');
  const logs = vscode.l10n.t('Show Logs');
  const chosen = await vscode.window.showErrorMessage(errorLine(error), retry, logs);
  if (chosen === logs) await vscode.commands.executeCommand('clipsight.showLogs');
  return chosen === retry;
}
