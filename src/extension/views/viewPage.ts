import * as vscode from 'vscode';
import { newNonce, pageHtml } from './html';

export interface ViewPage {
  /** Its script is `dist/webview/<view>.js`. */
  readonly view: string;
  /** The custom element that is the whole page. */
  readonly element: string;
  readonly title: string;
  /** Names the view across reloads of the window. */
  readonly name: string;
}

/** The page of a view, with a nonce of its own. */
export function viewHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  { view, element, title, name }: ViewPage,
): string {
  const script = vscode.Uri.joinPath(extension, 'dist', 'webview', `${view}.js`);
  const address = webview.asWebviewUri(script).toString();
  return pageHtml(
    { title, language: vscode.env.language, script: address, element, panel: name },
    newNonce(),
  );
}

/** Pages load their own scripts and nothing else. */
export function viewOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extension, 'dist', 'webview')] };
}
