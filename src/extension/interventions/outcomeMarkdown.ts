import * as vscode from 'vscode';
import type { NamedIntervention } from '../../shared/intervention';
import { count, decimal, percent } from '../models/amounts';
import { escapeMarkdown } from '../models/markdown';
import type { Applied } from './applyToLibrary';

interface Shown {
  readonly intervention: Pick<NamedIntervention, 'name' | 'model' | 'dictionary' | 'intervention'>;
  readonly applied: Applied;
  /** A path as it is shown, and its address. */
  readonly label: (path: string) => string;
  readonly address: (path: string) => string;
}

/** What an intervention does to the library, as a document. */
export function outcomeMarkdown({ intervention, applied, label, address }: Shown): string {
  const { classes, outcome } = applied;
  const { images, affected, accuracy, changes, changed, grounds, notes } = outcome;
  const name = (index: number) => escapeMarkdown(classes[index]!);
  const scalings = intervention.intervention.map(({ component, factor }) =>
    factor === 0 ? vscode.l10n.t('{0} off', component) : `${component} × ${factor}`,
  );
  return [
    `# ${escapeMarkdown(intervention.name)}`,
    `${escapeMarkdown(intervention.model)} · ${escapeMarkdown(intervention.dictionary)} · ${scalings.join(', ')}`,
    vscode.l10n.t(
      'A changed component is active in {0} of {1} images; {2} change class.',
      count(affected),
      count(images),
      count(changes),
    ),
    ...(accuracy === null
      ? []
      : [
          vscode.l10n.t(
            'Accuracy: {0} before, {1} after, of {2} images whose class folder says what they show.',
            percent(accuracy.before),
            percent(accuracy.after),
            count(accuracy.images),
          ),
        ]),
    table(
      [
        vscode.l10n.t('Class'),
        vscode.l10n.t('Images'),
        vscode.l10n.t('Accuracy before'),
        vscode.l10n.t('After'),
        vscode.l10n.t('Put there before'),
        vscode.l10n.t('After'),
        vscode.l10n.t('Mean change in points'),
      ],
      outcome.classes.map(({ predicted, accuracy: of, change }, i) => [
        name(i),
        of === null ? '' : count(of.images),
        of === null ? '' : percent(of.before),
        of === null ? '' : percent(of.after),
        count(predicted.before),
        count(predicted.after),
        change === null ? '' : decimal(100 * change),
      ]),
    ),
    ...(changed.length === 0
      ? []
      : [
          `## ${vscode.l10n.t('Images that change class')}`,
          table(
            [
              vscode.l10n.t('Image'),
              vscode.l10n.t('Shows'),
              vscode.l10n.t('Before'),
              vscode.l10n.t('After'),
              vscode.l10n.t('Similarity to the class before, in points'),
            ],
            changed.map(({ path, truth, before, after, scores }) => [
              `[${escapeMarkdown(label(path))}](<${address(path)}>)`,
              truth === null ? '' : name(truth),
              name(before),
              name(after),
              scores.map((score) => decimal(100 * score)).join(' → '),
            ]),
          ),
          ...(changes > changed.length
            ? [vscode.l10n.t('And {0} more.', count(changes - changed.length))]
            : []),
        ]),
    ...(grounds.access.kind === 'snapshot'
      ? [vscode.l10n.t('Another process is writing the library: this is of its snapshot.')]
      : []),
    ...notes.map(escapeMarkdown),
  ]
    .join('\n\n')
    .concat('\n');
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, heading.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
