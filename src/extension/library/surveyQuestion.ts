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
  if (network.length === 0 && grows <= muchSpace) return null;
  const message =
    network.length === 0
      ? l10n.t('Index {0} images?', count(survey.fresh))
      : l10n.t('Index images on a network drive?');
  return { message, detail: surveyLines(survey, most).join('\n') };
}

/** What indexing will do, in sentences. */
export function surveyLines(survey: Survey, most: number | null): readonly string[] {
  const { files, fresh, network, contributions } = survey;
  const lines = [l10n.t('{0} images, {1} of them new or changed.', count(files), count(fresh))];
  if (network.length > 0) {
    // Nobody looked into them: how much there is, is not known.
    lines.push(
      l10n.t('Not counted yet, on a network drive where reading may be slow: {0}.', network.join(', ')),
    );
  }
  if (most === null) return [...lines, l10n.t('Contribution vectors are not kept (setting).')];
  if (!contributions.served) {
    return [
      ...lines,
      l10n.t('Contribution vectors are not computed: for this dictionary that takes too long.'),
    ];
  }
  const [expected, limit] = [bytes(contributions.expected), bytes(most)];
  return [
    ...lines,
    contributions.expected >= most
      ? l10n.t(
          'Contribution vectors will take the {0} that the settings allow; others are computed when needed.',
          limit,
        )
      : l10n.t(
          'Contribution vectors will take about {0} of the {1} that the settings allow.',
          expected,
          limit,
        ),
  ];
}

/** Bytes that indexing adds on disk. */
function space({ contributions }: Survey, most: number | null): number {
  if (most === null || !contributions.served) return 0;
  return Math.max(0, contributions.expected - contributions.now);
}
