import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { readReferences, surroundings } from '../engine/settings';
import { resolveReference } from '../engine/studySettings';
import { type ChoiceGroup, otherChoices, referenceChoice } from '../models/choices';
import { ensureHere } from '../models/ensureHere';
import { listedSources } from '../models/listed';
import { nameOf } from '../models/names';
import { completePick, pickSource } from '../models/pickSource';
import type { SourceServices } from '../models/sourceServices';
import { automaticJudge, selfJudged } from './judge';
import { judgeSetting, writeJudge } from './librarySettings';

/** Asks which CLIP is to say what pictures show, and writes the setting once it is known to be here. */
export async function chooseJudge(services: SourceServices): Promise<void> {
  const { extension, cards, engine, memory } = services;
  const now = judgeSetting().trim();
  const title = vscode.l10n.t('Model that judges what pictures show');
  const placeHolder = vscode.l10n.t('Now: {0}', now === '' ? vscode.l10n.t('automatic') : judgeName(now));
  const pick = await pickSource(title, placeHolder, groups(memory.chosen('model')));
  if (pick === undefined) return;
  const chosen = await completePick(pick, 'model', () => Promise.reject(new Error('A judge is no unit.')));
  if (chosen === undefined) return;
  if (chosen !== '' && chosen !== selfJudged && !chosen.startsWith('bundled:')) {
    const source = resolveReference('model', chosen, surroundings(extension), 'clipsight.judge');
    if (!(await ensureHere({ kind: 'model', source }, cards, engine))) return;
    await memory.add('model', chosen);
  }
  await writeJudge(chosen);
}

function groups(chosen: readonly string[]): readonly ChoiceGroup[] {
  const references = readReferences();
  const others = listedSources('model', references, chosen, vscode.workspace.isTrusted).filter(
    ({ reference }) => reference !== references.model,
  );
  return [
    {
      heading: vscode.l10n.t('for the model in use'),
      choices: [
        {
          label: vscode.l10n.t('Automatic'),
          description: judgeName(automaticJudge(references.model)),
          pick: { kind: 'default' },
        },
        {
          label: vscode.l10n.t('The model itself'),
          description: vscode.l10n.t('what it confuses, it then cannot see'),
          pick: { kind: 'reference', reference: selfJudged },
        },
      ],
    },
    {
      heading: vscode.l10n.t('another model'),
      choices: [...others.map(({ reference }) => referenceChoice(reference, homedir())), ...otherChoices()],
    },
  ];
}

function judgeName(judge: string): string {
  return judge === selfJudged ? vscode.l10n.t('the model itself') : nameOf(judge, homedir()).label;
}
