import { join } from 'node:path';
import * as vscode from 'vscode';
import { EngineClient } from '../../src/extension/engine/engineClient';

let count = 0;

/**
 * An engine beside the extension's own, to be disposed by who asks. It has a channel of its own too: those of one
 * name are one to VS Code, and closing it would close the extension's.
 * @param storage folder in which it keeps its cache
 */
export function ownEngine(storage: string): EngineClient {
  const extension = vscode.extensions.getExtension('clipsight.clipsight')!.extensionUri;
  const log = vscode.window.createOutputChannel(`Clipsight test ${++count}`, { log: true });
  return new EngineClient(extension, vscode.Uri.file(join(storage, 'cache')), log);
}
