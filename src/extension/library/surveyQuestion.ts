import { l10n } from 'vscode';
import type { Survey } from '../../shared/library';
import { bytes, count } from '../models/amounts';

/** Contribution vectors that take more than this are worth a question: 1 GB. */
const muchSpace = 1e9;

/** What a person is asked before the images are indexed. */
export interface SurveyQuestion {
  readonly message: string;
  readonly detail: string;
}

/**
 * Null where there is nothing to think about: no network drive, and little space taken.
 * @param most bytes that contribution vectors may take; null where none are computed
 */
export function surveyQuestion(survey: Survey, most: number | null): SurveyQuestion | null {
  const { network } = survey;
  const grows = space(survey, most);
  if (survey.fresh === 0 || (network.length === 0 && grows <= muchSpace)) return null;
  return {
    message: l10n.t('Index {0} images?', count(survey.fresh)),
    detail: surveyLines(survey, most).join('\n'),
  };
}

/** What indexing will do, in sentences. */
export function surveyLines(survey: Survey, most: number | null): readonly string[] {
  const { files, fresh, network, contributions } = survey;
  const lines = [l10n.t('{0} images, {1} of them new or changed.', count(files), count(fresh))];
  if (network.length > 0) {
    lines.push(l10n.t('On a network drive, where reading may be slow: {0}.', network.join(', ')));
  }
  if (most === null) return [...lines, l10n.t('Contribution vectors are not kept (setting).')];
  if (!contributions.served) {
    return [...lines, l10n.t('Contribution vectors are not computed: this dictionary is hooked too early.')];
  }
  const expected = l10n.t('Contribution vectors will take about {0}', bytes(contributions.expected));
  const limit = bytes(most);
  return [
    ...lines,
    contributions.expected > most
      ? l10n.t('{0}, of which {1} are kept (setting); the others are computed when needed.', expected, limit)
      : l10n.t('{0} of at most {1} (setting).', expected, limit),
  ];
}

/** Bytes that indexing adds on disk. */
function space({ contributions }: Survey, most: number | null): number {
  if (most === null || !contributions.served) return 0;
  return Math.max(0, Math.min(contributions.expected, most) - contributions.now);
}
