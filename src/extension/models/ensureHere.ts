import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { EngineProtocol, Source } from '../../shared/engineProtocol';
import type { Card } from '../../shared/inspection';
import type { Remote } from '../../shared/rpc/protocol';
import { bytes } from './amounts';
import type { Cards } from './cards';
import { download } from './download';

/**
 * Whether a model or dictionary is on this machine: what is on the hub only is downloaded, if the person says so.
 * @throws ClipsightError when it cannot be read or had, so that nothing unreadable is ever chosen.
 */
export async function ensureHere(
  source: Source,
  cards: Cards,
  engine: () => Remote<EngineProtocol>,
): Promise<boolean> {
  const missing = missingBytes(await inspectAnew(source, cards));
  if (missing === null) return true;
  if (!(await confirms(source, missing)) || !(await download(engine, source))) return false;
  await inspectAnew(source, cards);
  return true;
}

/** The card of now: what the person has just put right must not be refused for what it was. */
export function inspectAnew({ kind, source }: Source, cards: Cards): Thenable<Card> {
  cards.forget(kind, source);
  const options = {
    location: vscode.ProgressLocation.Window,
    title: vscode.l10n.t('Reading {0}', source),
  };
  return vscode.window.withProgress<Card>(options, () => cards.get(kind, source));
}

/** Size of what is not on this machine; null where all of it is. */
function missingBytes({ files }: Card): number | null {
  const missing = files.filter(({ path }) => !isAbsolute(path));
  return missing.length === 0 ? null : missing.reduce((sum, { size }) => sum + size, 0);
}

async function confirms({ source }: Source, size: number): Promise<boolean> {
  const yes: vscode.QuickPickItem = {
    label: vscode.l10n.t('Download {0}', bytes(size)),
    description: source,
    iconPath: new vscode.ThemeIcon('cloud-download'),
  };
  const no: vscode.QuickPickItem = {
    label: vscode.l10n.t('Do not download'),
    iconPath: new vscode.ThemeIcon('close'),
  };
  const chosen = await vscode.window.showQuickPick([yes, no], {
    title: vscode.l10n.t('{0} is not on this machine yet', source),
    placeHolder: vscode.l10n.t(
      'It goes into the cache of the Hugging Face hub, where other programs find it',
    ),
    ignoreFocusOut: true,
  });
  return chosen === yes;
}
