import { l10n } from 'vscode';
import { type KnownDictionary, knownDictionaries, knownModels } from '../../shared/catalogue';
import { percent } from './amounts';
import type { CatalogueChoice } from './choices';
import { hookName } from './dictionaryRows';
import { parseReference, type SourceKind } from './reference';

/** Models or dictionaries of the hub that Clipsight knows of. @param model the one in use, as in settings */
export function catalogueChoices(kind: SourceKind, model: string): readonly CatalogueChoice[] {
  switch (kind) {
    case 'model':
      return knownModels.map(({ id, name }) => ({
        reference: id,
        description: name,
        fits: true,
        several: false,
      }));
    case 'dictionary':
      return dictionaryChoices(model);
  }
}

function dictionaryChoices(model: string): readonly CatalogueChoice[] {
  const ids = [...new Set(knownDictionaries.map(({ id }) => id))];
  return ids.map((id) => {
    const [known, ...others] = knownDictionaries.filter((entry) => entry.id === id);
    const fits = [known!, ...others].some((entry) => isModel(model, entry.model));
    return { reference: id, description: described(known!, others), fits, several: known!.several };
  });
}

function described(known: KnownDictionary, others: readonly KnownDictionary[]): string {
  const { point, layer, tokens, architecture, reported } = known;
  const models = [known, ...others].map(({ model }) => model.split('/').at(-1)!);
  return [
    architecture,
    ...(point === null ? [] : [hookName({ point, layer, tokens })]),
    ...(reported === null ? [] : [l10n.t('explains {0}', percent(reported.explained / 100))]),
    models.join(', '),
  ].join(' · ');
}

/** Whether what is named in settings is a repository of the hub: by its id, in the hub's cache, or in a folder called alike. */
function isModel(reference: string, id: string): boolean {
  const parsed = parseReference(reference);
  switch (parsed.kind) {
    case 'hub':
      return parsed.id.repository === id;
    case 'path': {
      const parts = parsed.path.split(/[\\/]/);
      return parts.includes(`models--${id.replace('/', '--')}`) || parts.includes(id.split('/').at(-1)!);
    }
    case 'bundled':
    case 'own':
      return false;
  }
}
