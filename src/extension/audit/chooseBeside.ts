import * as vscode from 'vscode';
import type { StudyRequest } from '../../shared/study';
import { readReferences, surroundings } from '../engine/settings';
import { resolveStudy } from '../engine/studySettings';
import { askForSource } from '../models/chooseSource';
import { ensureHere } from '../models/ensureHere';
import { parseReference, type SourceKind } from '../models/reference';
import type { SourceServices } from '../models/sourceServices';

interface KindItem extends vscode.QuickPickItem {
  readonly source: SourceKind;
}

/** Asks which other dictionary or model the same prompts are to be audited by; undefined when the person leaves. */
export async function chooseBeside(services: SourceServices): Promise<StudyRequest | undefined> {
  const items: KindItem[] = [
    { label: vscode.l10n.t('Another dictionary'), source: 'dictionary' },
    { label: vscode.l10n.t('Another model'), source: 'model' },
  ];
  const title = vscode.l10n.t('Audit the Same Prompts Again');
  const kind = (await vscode.window.showQuickPick(items, { title }))?.source;
  if (kind === undefined) return undefined;
  const reference = await askForSource(kind, services, title);
  if (reference === undefined) return undefined;
  const references = readReferences();
  // A model with the dictionary that it has where none is chosen: the one in use is another model's.
  const chosen =
    kind === 'model'
      ? { model: reference, dictionary: '' }
      : { model: references.model, dictionary: reference };
  const study = resolveStudy({ ...chosen, layer: null, tokens: '' }, surroundings(services.extension));
  const isOwn = kind === 'dictionary' && reference !== '' && parseReference(reference).kind === 'own';
  const source = kind === 'model' ? study.model : study.dictionary;
  const isHere = isOwn || reference === '' || reference.startsWith('bundled:');
  if (!isHere && !(await ensureHere({ kind, source }, services.cards, services.engine))) return undefined;
  return study;
}
