import type * as vscode from 'vscode';
import type { Pipe } from '../shared/rpc/pipe';

/** The channel from the extension to the page of a panel or of a view in the side bar. */
export function webviewPipe(panel: Pick<vscode.WebviewPanel, 'webview' | 'onDidDispose'>): Pipe {
  // Kept because a disposed panel no longer gives it.
  const { webview } = panel;
  return {
    post(message) {
      // Fails only when the page is gone, and that is told by onClose.
      webview.postMessage(message).then(undefined, () => {});
    },
    onMessage(listener) {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => subscription.dispose();
    },
    onClose(listener) {
      const subscription = panel.onDidDispose(() => listener('the panel was closed'));
      return () => subscription.dispose();
    },
  };
}
