import type { CatalogueChoice } from './choices';
import type { SourceKind } from './reference';

/** Models or dictionaries of the hub that Clipsight knows of. @param model the one in use, as in settings */
export function catalogueChoices(_kind: SourceKind, _model: string): readonly CatalogueChoice[] {
  return [];
}
