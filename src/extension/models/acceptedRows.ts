import { l10n } from 'vscode';
import type { Row } from './row';

/** Where the person said to use a dictionary though it reconstructs its model badly. @param models as they were asked for */
export function acceptedRows(models: readonly string[]): readonly Row[] {
  if (models.length === 0) return [];
  return [
    {
      id: 'accepted',
      label: l10n.t('Used although it is poor'),
      details: [
        l10n.t('You chose to use this dictionary though it reconstructs badly what the model computes.'),
        l10n.t('Models: {0}', models.join(', ')),
        l10n.t('“Forget” makes Clipsight ask again.'),
      ],
      tone: 'warning',
      action: 'forgetAcceptance',
    },
  ];
}
