import { basename } from 'node:path';
import * as vscode from 'vscode';
import { ClipsightError } from '../../shared/errors';
import { imageExtensions, isImageName } from './imageFiles';

/**
 * The images that a command is about: those meant where it was called, else those chosen in a dialog. Empty when the
 * dialog is cancelled.
 *
 * @throws ClipsightError 'image' when there is a selection without any image.
 */
export async function chooseImages(clicked?: unknown, selection?: unknown): Promise<readonly vscode.Uri[]> {
  const meant = imagesMeant(clicked, selection);
  if (meant.length > 0) return meant;
  return askForImages({
    title: vscode.l10n.t('Images to attribute'),
    openLabel: vscode.l10n.t('Attribute'),
  });
}

/**
 * The images selected where a command was called (a menu gives the clicked resource and the whole selection), else the
 * one in the active tab. Other files of a selection are left out.
 *
 * @throws ClipsightError 'image' when there is a selection without any image.
 */
export function imagesMeant(clicked: unknown, selection: unknown): readonly vscode.Uri[] {
  const selected = selectedUris(clicked, selection);
  if (selected.length > 0) return imagesAmong(selected);
  const shown = activeTabImage();
  return shown === undefined ? [] : [shown];
}

/** Empty when the dialog is cancelled. */
export async function askForImages(
  texts: Pick<vscode.OpenDialogOptions, 'title' | 'openLabel'>,
): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    ...texts,
    canSelectMany: true,
    filters: { [vscode.l10n.t('Images')]: [...imageExtensions] },
  });
  return chosen ?? [];
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
