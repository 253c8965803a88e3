import * as vscode from 'vscode';
import type { CallOptions, Progress } from '../shared/rpc/protocol';
import { percent } from './models/amounts';

/** Milliseconds after which a person wants to know what takes so long. */
const patience = 1000;

/**
 * Does work that is usually soon done. Where it takes longer than a second, its progress is shown, with a way to cancel
 * it.
 * @param signal cancels the work, too
 */
export async function withPatience<Value>(
  title: string,
  work: (options: Required<CallOptions>) => Promise<Value>,
  signal?: AbortSignal,
): Promise<Value> {
  const cancelled = new AbortController();
  let latest: Progress | null = null;
  let show = (_progress: Progress): void => {};
  const running = work({
    signal: signal === undefined ? cancelled.signal : AbortSignal.any([signal, cancelled.signal]),
    onProgress: (progress) => {
      latest = progress;
      show(progress);
    },
  });
  const showProgress = () =>
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (notification, token) => {
        token.onCancellationRequested(() => cancelled.abort());
        show = (progress) => notification.report({ message: progressMessage(progress) });
        if (latest !== null) show(latest);
        // Who asked is told how it ended.
        await running.catch(() => {});
      },
    );
  const timer = setTimeout(showProgress, patience);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}

/** `Loading the model · 34 %` */
export function progressMessage({ stage, done, total }: Progress): string {
  return total > 1 ? `${stage} · ${percent(Math.min(1, done / total))}` : stage;
}
