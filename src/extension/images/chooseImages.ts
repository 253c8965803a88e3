import { basename } from 'node:path';
import * as vscode from 'vscode';
import { ClipsightError } from '../../shared/errors';
import { imageExtensions, isImageName } from './imageFiles';

/**
 * The images that a command is about: those selected where it was called (a menu gives the clicked resource and
 * the whole selection), else the one in the active tab, else those chosen in a dialog. Other files of a selection
 * are left out. Empty when the dialog is cancelled.
 *
 * @throws ClipsightError 'image' when there is a selection without any image.
 */
export async function chooseImages(clicked?: unknown, selection?: unknown): Promise<readonly vscode.Uri[]> {
  const selected = selectedUris(clicked, selection);
  if (selected.length > 0) return imagesAmong(selected);
  const shown = activeTabImage();
  return shown === undefined ? askForImages() : [shown];
}

function selectedUris(clicked: unknown, selection: unknown): vscode.Uri[] {
  const all = Array.isArray(selection) ? [...selection, clicked] : [clicked];
  const uris = all.filter((value) => value instanceof vscode.Uri);
  return [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
}

function imagesAmong(uris: readonly vscode.Uri[]): vscode.Uri[] {
  const images = uris.filter((uri) => isImageName(uri.path));
  if (images.length > 0) return images;
  throw new ClipsightError(
    'image',
    vscode.l10n.t('{0} is not an image that Clipsight reads.', basename(uris[0]!.path)),
    vscode.l10n.t('It reads {0} files.', imageExtensions.join(', ')),
  );
}

function activeTabImage(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile = input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText;
  return isFile && isImageName(input.uri.path) ? input.uri : undefined;
}

async function askForImages(): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Images to attribute'),
    openLabel: vscode.l10n.t('Attribute'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Images')]: [...imageExtensions] },
  });
  return chosen ?? [];
}
