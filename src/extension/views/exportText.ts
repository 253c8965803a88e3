import type { ImageOutcome } from '../../shared/analysis';
import { ClipsightError } from '../../shared/errors';
import type { Intervention } from '../../shared/intervention';
import type { PanelState } from '../../shared/panelProtocol';
import { buildReport, reportCsv, reportJson } from '../../shared/report';

export type ExportFormat = 'json' | 'csv';

const notComputed: ImageOutcome = { kind: 'failure', error: { code: 'cancelled', message: 'Not computed.' } };

/**
 * All that a panel shows, in full. Images that are not computed are listed as such.
 *
 * @param intervention what was changed in the model that the state is of
 * @throws ClipsightError 'configuration' when nothing has been computed yet.
 */
export function exportText(state: PanelState, format: ExportFormat, intervention: Intervention = []): string {
  const { engine, study, prompts } = state;
  if (engine === null || study === null) {
    throw new ClipsightError('configuration', 'Nothing has been computed that could be exported.');
  }
  const images = state.images.map(({ name, outcome }) => ({ name, outcome: outcome ?? notComputed }));
  const report = buildReport({ engine, study, prompts, images, intervention });
  switch (format) {
    case 'json':
      return reportJson(report);
    case 'csv':
      return reportCsv(report);
  }
}
