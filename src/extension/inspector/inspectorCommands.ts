import * as vscode from 'vscode';
import { chooseImages } from '../images/chooseImages';
import { imageLabel, imageSource } from '../images/imageSource';
import type { Inspector } from './inspector';
import type { InspectorView } from './inspectorView';

/** What the commands `clipsight.<name>` about components do. */
export function inspectorCommands(
  inspector: Inspector,
  view: InspectorView,
): Readonly<Record<string, (...args: unknown[]) => Promise<void>>> {
  return {
    inspectComponent: async () => {
      const component = await askForComponent(inspector.state.study?.dictionary.size ?? null);
      if (component === undefined) return;
      await view.reveal();
      await inspector.select(component);
    },
    searchComponents: () => view.focusSearch(),
    searchComponentsByImage: async (clicked, selection) => {
      const [image] = await chooseImages(clicked, selection);
      if (image === undefined) return;
      await view.reveal();
      await inspector.searchImage(await imageSource(image), imageLabel(image));
    },
  };
}

/** @param size of the dictionary; null while it is not known */
async function askForComponent(size: number | null): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Inspect a component'),
    prompt:
      size === null
        ? vscode.l10n.t('Its number, from 0')
        : vscode.l10n.t('Its number, from 0 to {0}', size - 1),
    validateInput: (text) =>
      text.trim() === '' || isComponent(text, size)
        ? undefined
        : vscode.l10n.t('This is no number of a component.'),
  });
  return typed === undefined || !isComponent(typed, size) ? undefined : Number(typed);
}

function isComponent(text: string, size: number | null): boolean {
  return /^\s*\d{1,9}\s*$/.test(text) && (size === null || Number(text) < size);
}
