import * as vscode from 'vscode';
import type { Features } from './features';
import { LateTree } from './lateTree';
import type { Node } from './models/nodes';
import {
  attributionViewType,
  auditViewType,
  compareViewType,
  inspectorViewType,
  modelsViewType,
} from './viewTypes';
import { wakeWhereUsed } from './wake';

/**
 * Called by VS Code when a window has come up. It only takes the places in the editor: what fills them is a bundle of
 * its own (`features.ts`), loaded with the first thing that needs it.
 */
export function activate(context: vscode.ExtensionContext): void {
  let opened: Promise<Features> | null = null;
  const features = (): Promise<Features> => {
    opened ??= open();
    return opened;
  };
  const open = async (): Promise<Features> => {
    const { openFeatures } = await import('./features');
    const made = openFeatures(context, models);
    context.subscriptions.unshift(made);
    return made;
  };
  const models = new LateTree<Node>(modelsViewType, features);

  const serializer = (
    viewType: string,
    of: (features: Features) => vscode.WebviewPanelSerializer,
  ): vscode.Disposable =>
    vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel, state) =>
        of(await features()).deserializeWebviewPanel(panel, state),
    });
  const contributed: readonly { readonly command: string }[] =
    context.extension.packageJSON.contributes.commands;

  context.subscriptions.push(
    models,
    vscode.window.registerWebviewViewProvider(inspectorViewType, {
      resolveWebviewView: async (...asked) => (await features()).inspectorView.resolveWebviewView(...asked),
    }),
    serializer(attributionViewType, ({ attributionPanels }) => attributionPanels),
    serializer(compareViewType, ({ comparePanels }) => comparePanels),
    serializer(auditViewType, ({ auditPanel }) => auditPanel),
    ...contributed.map(({ command }) =>
      vscode.commands.registerCommand(command, async (...args: unknown[]) =>
        (await features()).run(command, ...args),
      ),
    ),
    wakeWhereUsed(context, features),
  );
}
