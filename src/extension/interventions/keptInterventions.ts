import type { NamedIntervention } from '../../shared/intervention';
import { formatInterventionFile, parseInterventionFile } from '../../shared/interventionFile';
import { KeptFile, type TextFile } from '../keptFile';

/** The named interventions of a workspace folder, those of all studies. */
export type KeptInterventions = KeptFile<readonly NamedIntervention[]>;

export function keptInterventions(file: TextFile): KeptInterventions {
  return new KeptFile(file, {
    empty: [],
    parse: parseInterventionFile,
    format: formatInterventionFile,
  });
}
