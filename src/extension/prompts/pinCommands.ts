import { basename } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import { askForImages, imagesMeant } from '../images/chooseImages';
import { imageExtensions } from '../images/imageFiles';
import { imageLabel } from '../images/imageSource';
import { excludeGlob } from '../images/sample';
import type { PinnedSet } from './editorPrompts';

/** What a link in a hover says. */
const Linked = z.union([z.string().min(1), z.strictObject({ uri: z.string().min(1) })]);

/** More are not looked through in a list. */
const mostFound = 5000;

/**
 * What the commands `clipsight.<name>` about pinned images do.
 * @param shown the images of the attribution panel in the active tab
 */
export function pinCommands(
  pinned: PinnedSet,
  shown: () => readonly vscode.Uri[],
): Readonly<Record<string, (...args: unknown[]) => Promise<void>>> {
  return {
    pinImage: async (clicked, selection) => {
      const linked = Linked.safeParse(clicked);
      const meant = imagesMeant(linked.success ? linkedUri(linked.data) : clicked, selection);
      const images = meant.length > 0 ? meant : shown();
      await (images.length > 0 ? pinned.pin(images) : choosePinned(pinned));
    },
    unpinImages: () => pinned.unpin(),
    choosePinnedImage: () => choosePinned(pinned),
  };
}

function linkedUri(linked: z.output<typeof Linked>): vscode.Uri {
  return vscode.Uri.parse(typeof linked === 'string' ? linked : linked.uri, true);
}

interface ImageItem extends vscode.QuickPickItem {
  readonly uri: vscode.Uri;
}

/** Asks which images to pin: some of the workspace, or others chosen in a dialog. */
async function choosePinned(pinned: PinnedSet): Promise<void> {
  const picked = await pickImages(pinned.images);
  if (picked !== 'other') return picked === undefined ? undefined : pinned.pin(picked);
  const others = await askForImages({
    title: vscode.l10n.t('Images to score prompts for'),
    openLabel: vscode.l10n.t('Pin'),
  });
  if (others.length > 0) await pinned.pin(others);
}

function pickImages(current: readonly vscode.Uri[]): Promise<readonly vscode.Uri[] | 'other' | undefined> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick<ImageItem>();
    const closed = new vscode.CancellationTokenSource();
    pick.title = vscode.l10n.t('Images that prompts are scored for');
    pick.placeholder = vscode.l10n.t('Check one, or several to score for their mean');
    pick.canSelectMany = true;
    pick.matchOnDescription = true;
    pick.buttons = [
      { iconPath: new vscode.ThemeIcon('folder-opened'), tooltip: vscode.l10n.t('Other file…') },
    ];
    const list = (others: readonly vscode.Uri[]) => {
      const checked = new Set(pick.selectedItems.map(({ uri }) => uri.toString()));
      pick.items = [...new Map([...current, ...others].map((uri) => [uri.toString(), uri])).values()].map(
        item,
      );
      pick.selectedItems = pick.items.filter(({ uri }) => checked.has(uri.toString()));
    };
    pick.items = current.map(item);
    pick.selectedItems = pick.items;
    pick.onDidTriggerButton(() => {
      resolve('other');
      pick.hide();
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems.map(({ uri }) => uri));
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      closed.cancel();
      closed.dispose();
      pick.dispose();
    });
    pick.busy = true;
    pick.show();
    void workspaceImages(closed.token).then((images) => {
      if (closed.token.isCancellationRequested) return;
      pick.busy = false;
      list(images);
    });
  });
}

function item(uri: vscode.Uri): ImageItem {
  const path = imageLabel(uri);
  return { label: basename(uri.path), description: path, uri };
}

async function workspaceImages(token: vscode.CancellationToken): Promise<vscode.Uri[]> {
  const exclude = excludeGlob(vscode.workspace.getConfiguration('search').get('exclude'));
  const pattern = `**/*.{${imageExtensions.flatMap((ending) => [ending, ending.toUpperCase()]).join(',')}}`;
  const found = await vscode.workspace.findFiles(pattern, exclude, mostFound, token);
  return found.sort((a, b) => a.path.localeCompare(b.path));
}
