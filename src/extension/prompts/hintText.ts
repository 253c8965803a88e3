import { l10n } from 'vscode';
import type { Confidence } from '../../shared/confidence';
import { percent, points, signedPoints } from '../../shared/points';
import { escapeMarkdown } from '../models/markdown';
import type { PromptScore, StrongestComponent } from './editorPrompts';

/** Longer names are cut: a hint stands beside code. */
const longestName = 32;

/** Where a hint stands. */
export interface HintPlace {
  /** Whether its prompt is the only one of its group. */
  readonly isAlone: boolean;
  /** Whether other prompts are in the same line. */
  readonly isCrowded: boolean;
}

/**
 * `27.31 · 62.0 % · in the snow ⚠`: similarity in points, share in the group, the component that gives most to it. The
 * editor has little room for the hints of one line, and leaves out the last ones: where several prompts share a line each
 * has its similarity and its mark.
 */
export function hintLabel(
  { similarity, confidence, confidenceKind, strongest }: PromptScore,
  { isAlone, isCrowded }: HintPlace,
): string {
  if (isCrowded) return `${points(similarity)}${mark(strongest)}`;
  // Alone it has all of the shares there are, whatever its score.
  const isTold = confidenceKind === 'probability' || !isAlone;
  return [
    points(similarity),
    ...(confidence === null || !isTold ? [] : [percent(confidence)]),
    ...(strongest === null ? [] : [componentText(strongest)]),
  ].join(' · ');
}

function componentText(strongest: StrongestComponent): string {
  const { component, label } = strongest;
  const name = label === null ? l10n.t('latent {0}', component) : cut(label);
  return `${name}${mark(strongest)}`;
}

function mark(strongest: StrongestComponent | null): string {
  return strongest?.isPoor === true ? ' ⚠' : '';
}

function cut(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName - 1).trimEnd()}…` : name;
}

/** What a hint's numbers are. */
export interface HintContext {
  /** What the prompt stands for in the file. */
  readonly text: string;
  /** Of the pinned image, or how many there are. */
  readonly pinned: string;
  readonly images: number;
  readonly group: { readonly name: string; readonly size: number };
}

/** What a hint says, in sentences; Markdown. */
export function hintTooltip(
  { direction, similarity, scored, confidence, confidenceKind, strongest, readings }: PromptScore,
  { text, pinned, images, group }: HintContext,
): string {
  const filled = direction.kind === 'prompt' && direction.text !== text ? direction.text : null;
  const lines = [
    images === 1
      ? l10n.t('**{0}** points of similarity with {1}', points(similarity), escapeMarkdown(pinned))
      : scored === images
        ? l10n.t('**{0}** points of similarity, mean over {1}', points(similarity), escapeMarkdown(pinned))
        : l10n.t(
            '**{0}** points of similarity, mean over {1} of {2} images, the others could not be read',
            points(similarity),
            scored,
            images,
          ),
    ...(filled === null ? [] : [l10n.t('Scored as “{0}”', escapeMarkdown(filled))]),
    ...(direction.kind === 'ensemble'
      ? [l10n.t('Scored as the mean of {0} templates', direction.texts.length)]
      : []),
    ...(confidence === null ? [] : confidenceLine(confidence, confidenceKind, group)),
    ...(strongest === null ? [] : [strongestLine(strongest)]),
    ...(strongest?.isPoor === true
      ? [l10n.t('⚠ The prompt does not say what this component shows: other components fit it better.')]
      : []),
    ...readings.map(escapeMarkdown),
  ];
  return lines.join('  \n');
}

function confidenceLine(confidence: number, kind: Confidence, group: HintContext['group']): string[] {
  switch (kind) {
    case 'probability':
      return [l10n.t('Probability **{0}**', percent(confidence))];
    case 'share':
      return group.size < 2
        ? []
        : [
            l10n.t(
              '**{0}** among the {1} prompts of {2}',
              percent(confidence),
              group.size,
              escapeMarkdown(group.name),
            ),
          ];
  }
}

function strongestLine({ component, label, attribution, share }: StrongestComponent): string {
  const name = label === null ? '' : ` “${escapeMarkdown(label)}”`;
  return l10n.t(
    'Strongest component:{0} latent {1}, {2} points, {3} of all attribution',
    name,
    component,
    signedPoints(attribution),
    percent(share),
  );
}
