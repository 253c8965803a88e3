import { l10n } from 'vscode';
import type { ErrorInfo } from '../../shared/errors';
import type { Reconstruction, SelfTest } from '../../shared/selfTest';
import { count, decimal, digits, percent } from './amounts';
import { errorRows } from './errorRows';
import type { Row } from './row';

/** What is known of how well the dictionary in use reconstructs its model. */
export type SelfTestState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'running' }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  /** `test` is null for a dictionary that is the model's own: it reconstructs exactly. */
  | { readonly kind: 'done'; readonly test: SelfTest | null };

export function selfTestRow(state: SelfTestState): Row {
  const row = { id: 'selfTest', label: l10n.t('Self-test') };
  switch (state.kind) {
    case 'unknown':
      return {
        ...row,
        description: l10n.t('not run yet'),
        details: [meaning()],
        tone: 'untested',
        action: 'runSelfTest',
      };
    case 'running':
      return { ...row, description: l10n.t('running…'), details: [meaning()], tone: 'busy' };
    case 'failed':
      return {
        ...row,
        description: l10n.t('failed'),
        details: [state.error.message],
        tone: 'error',
        action: 'runSelfTest',
        rows: errorRows(state.error, '', 'runSelfTest'),
      };
    case 'done':
      return state.test === null
        ? {
            ...row,
            description: l10n.t('exact'),
            details: [l10n.t('Units of the model itself leave nothing unexplained.')],
            tone: 'good',
          }
        : doneRow(row, state.test);
  }
}

function doneRow(row: Pick<Row, 'id' | 'label'>, test: SelfTest): Row {
  const { taken, verdict, images, vectors, notes, judgedBy } = test;
  const figure =
    judgedBy === 'fvu' ? l10n.t('FVU {0}', decimal(taken.fvu)) : l10n.t('cosine {0}', decimal(taken.cosine));
  return {
    ...row,
    // Another row than before, so that it opens by itself.
    id: 'selfTestResult',
    description: l10n.t('{0}, {1}', verdict === 'good' ? l10n.t('good') : l10n.t('poor'), figure),
    tone: verdict === 'good' ? 'good' : 'warning',
    action: 'runSelfTest',
    details: [
      verdict === 'good'
        ? l10n.t('The dictionary reconstructs what the model computes.')
        : l10n.t(
            'The dictionary reconstructs badly what the model computes: what it says of the model may be wrong.',
          ),
      l10n.t('Measured on {0} vectors of {1} images.', count(vectors), count(images)),
      ...notes,
    ],
    rows: [...reconstructionRows(test), ...readingRows(test)],
  };
}

function reconstructionRows({ taken, judgedBy }: SelfTest): Row[] {
  return [
    {
      id: 'fvu',
      label: 'FVU',
      description: decimal(taken.fvu),
      details: [
        l10n.t('Fraction of variance unexplained: 0 is exact, 1 is no better than the mean.'),
        l10n.t('At the scale that fits best it is {0}.', decimal(taken.scaledFvu)),
        ...(judgedBy === 'cosine'
          ? [l10n.t('This dictionary was trained on direction only: it is judged by the cosine.')]
          : []),
      ],
    },
    {
      id: 'cosine',
      label: l10n.t('Cosine'),
      description: decimal(taken.cosine),
      details: [l10n.t('Mean cosine of a vector and its reconstruction: 1 is the same direction.')],
    },
    {
      id: 'l0',
      label: 'L0',
      description: digits(taken.l0),
      details: [l10n.t('Mean number of latents that are active in a token.')],
    },
    {
      id: 'dead',
      label: l10n.t('Dead'),
      description: percent(taken.dead),
      details: [
        l10n.t('Latents that nothing in these images activated. More images would wake some of them.'),
      ],
    },
  ];
}

/** How the file was read, where it can be read in more than one way. */
function readingRows({ taken, others }: SelfTest): Row[] {
  if (others.length === 0) return [];
  return [
    {
      id: 'reading',
      label: l10n.t('Read as'),
      description: reading(taken),
      details: [
        l10n.t('The file does not say how it is meant. This reading reconstructs best; the others gave:'),
        ...others.map((other) => l10n.t('{0}: FVU {1}', reading(other), decimal(other.fvu))),
      ],
    },
  ];
}

function reading({ subtractsDecoderBias, transposed }: Reconstruction): string {
  const bias = subtractsDecoderBias ? l10n.t('decoder bias taken off') : l10n.t('decoder bias kept');
  return transposed ? l10n.t('{0}, encoder transposed', bias) : bias;
}

function meaning(): string {
  return l10n.t(
    'Tells how well the dictionary reconstructs what the model computes on images of this workspace. It takes a moment.',
  );
}
