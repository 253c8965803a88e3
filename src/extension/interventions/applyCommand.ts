import * as vscode from 'vscode';
import type { NamedIntervention } from '../../shared/intervention';
import { count } from '../models/amounts';
import { withPatience } from '../patience';
import { type AppliedTo, applyToLibrary } from './applyToLibrary';
import type { OutcomeDocuments } from './outcomeDocuments';
import { outcomeMarkdown } from './outcomeMarkdown';
import type { WorkspaceInterventions } from './workspaceInterventions';

export interface ApplyServices extends AppliedTo {
  readonly interventions: Pick<WorkspaceInterventions, 'everywhere'>;
  readonly documents: OutcomeDocuments;
}

interface InterventionItem extends vscode.QuickPickItem {
  readonly kept: NamedIntervention;
}

/**
 * Applies an intervention that the person chooses of those kept to the library, and shows what it does.
 *
 * @throws ClipsightError 'library' where there is none, and as the engine does
 */
export async function applyIntervention(services: ApplyServices): Promise<void> {
  const { library, interventions, documents } = services;
  const { study } = await library.indexedSubject();
  const kept = await chooseIntervention(await interventions.everywhere(study));
  if (kept === undefined) return;
  const applied = await withPatience(vscode.l10n.t('Applying “{0}” to the library', kept.name), (options) =>
    applyToLibrary(services, kept.intervention, study, options),
  );
  await documents.show(
    kept.name,
    outcomeMarkdown({
      intervention: kept,
      applied,
      label: (path) => vscode.workspace.asRelativePath(path),
      address: (path) => vscode.Uri.file(path).toString(),
    }),
  );
}

async function chooseIntervention(
  known: Awaited<ReturnType<WorkspaceInterventions['everywhere']>>,
): Promise<NamedIntervention | undefined> {
  if (known.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'No interventions are kept for this model and dictionary. Change components in the attribution panel and keep that.',
      ),
    );
    return undefined;
  }
  const folders = new Set(known.map(({ folder }) => folder));
  const items = known.map(
    ({ folder, kept }): InterventionItem => ({
      label: kept.name,
      description: folders.size > 1 ? folder : '',
      detail: vscode.l10n.t('{0} components of {1}', count(kept.intervention.length), kept.dictionary),
      kept,
    }),
  );
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Apply Intervention to Library'),
    placeHolder: vscode.l10n.t('What is to be changed in the model?'),
  });
  return chosen?.kept;
}
