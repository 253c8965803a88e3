import type { FindingKind, KindTest } from '../../shared/audit';
import type { ShownAudit, ShownFinding } from '../../shared/auditProtocol';
import type { Verdict } from '../../shared/decisions';
import { percent, signedPoints } from '../../shared/points';
import { count, counted, withSign } from '../components/format';

const noBreak = '\u00a0';

/** What a kind is called, and why a prompt of that kind relies on something else. */
export const kindTexts: Readonly<Record<FindingKind, { readonly label: string; readonly meaning: string }>> =
  {
    homonym: { label: 'Homonym', meaning: 'It matches another sense of one of the prompt’s words.' },
    compound: { label: 'Compound', meaning: 'It matches a part of the prompt better than the whole.' },
    written: { label: 'Written word', meaning: 'It fires on the prompt’s own words written in the image.' },
    artefact: {
      label: 'Artefact',
      meaning: 'It matches nothing in the vocabulary, or a declared nuisance, in unrelated classes.',
    },
  };

export const testTexts: Readonly<Record<KindTest['kind'], string>> = {
  homonym: 'Homonym',
  compound: 'Compound',
  written: 'Written word',
  artefact: 'Artefact',
};

export const verdictTexts: Readonly<Record<Verdict, string>> = {
  expected: 'Expected',
  spurious: 'Spurious',
  todo: 'To do',
};

/** What the component is called in a sentence. */
export function componentText({ label, component }: Pick<ShownFinding, 'label' | 'component'>): string {
  return label === null ? `latent ${component}` : `“${label}” (latent ${component})`;
}

/** A difference of shares, with its sign. */
export function signedPercent(share: number): string {
  return `${withSign(share, (share * 100).toFixed(1))}${noBreak}%`;
}

/** `7.0 to 12.0 %` */
export function intervalText([low, high]: readonly [number, number]): string {
  return `${withoutPlus(low)} to ${withoutPlus(high)}${noBreak}%`;
}

function withoutPlus(share: number): string {
  return withSign(share, (share * 100).toFixed(1)).replace(/^\+/, '');
}

/** What was found, for people: how much, over what, and how much would be usual. */
export function findingSentence(finding: ShownFinding): string {
  const { prompt, probe, images, measured, expected, alignment } = finding;
  const whom = probe === null ? `“${prompt}”` : `the class “${prompt}” of ${probe}`;
  return (
    `${percent(measured)} of what speaks for ${whom} comes from ${componentText(finding)}, over ${counted(images, 'image')}. ` +
    `Components of that alignment (${alignmentText(alignment)}) usually get ${percent(expected)}.`
  );
}

/** `9.0 % above what is expected, 7.0 to 12.0 % (90 % interval); p < 0.001` */
export function scoreSentence({
  score,
  interval,
  p,
}: Pick<ShownFinding, 'score' | 'interval' | 'p'>): string {
  return `${signedPercent(score)} above what is expected, ${intervalText(interval)} (90${noBreak}% interval); p ${pText(p)}`;
}

export function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}

export function alignmentText(alignment: number): string {
  return withSign(alignment, alignment.toFixed(2)).replace(/^\+/, '');
}

/** A change of y: points for a prompt, whose y is a cosine; as it is for a probe, whose y has a scale of its own. */
export function changeText(change: number, probe: string | null): string {
  return probe === null ? signedPoints(change) : withSign(change, change.toFixed(2));
}

export function changeUnit(probe: string | null): string {
  return probe === null ? 'points' : 'logits';
}

/** Whole per cents: `96 → 71 %`. */
export function accuracyChange({
  before,
  after,
}: {
  readonly before: number;
  readonly after: number;
}): string {
  return `${wholePercent(before)} → ${wholePercent(after)}${noBreak}%`;
}

export function wholePercent(share: number): string {
  return (share * 100).toFixed(0);
}

/** What switching the component off does, in one line each; null where it was not measured. */
export function effectTexts({ effect, probe }: Pick<ShownFinding, 'effect' | 'probe'>): {
  readonly change: string;
  readonly accuracy: string | null;
} | null {
  if (effect === null) return null;
  return {
    change: `${changeText(effect.similarity, probe)} ${changeUnit(probe)}`,
    accuracy: effect.accuracy === null ? null : accuracyChange(effect.accuracy),
  };
}

/** How much more a probe relies on it than the prompt of its class; null where no prompt stands beside it. */
export function amplifiedText({
  measured,
  beside,
}: Pick<ShownFinding, 'measured' | 'beside'>): string | null {
  if (beside === null) return null;
  if (beside < 0.0005) return measured < 0.0005 ? 'neither relies on it' : 'only the probe relies on it';
  const factor = measured / beside;
  return factor >= 1 ? `amplified × ${factorText(factor)}` : `weakened × ${factorText(factor)}`;
}

function factorText(factor: number): string {
  return factor >= 100 ? count(Math.round(factor)) : factor.toFixed(factor >= 10 ? 0 : 1);
}

/** `24 prompts and 10 classes` */
export function subjectsText({ prompts, classes }: ShownAudit['counts']): string {
  const parts = [
    ...(prompts > 0 || classes === 0 ? [counted(prompts, 'prompt')] : []),
    ...(classes > 0 ? [classes === 1 ? '1 class' : `${count(classes)} classes`] : []),
  ];
  return parts.join(' and ');
}

/** What was found in all; nothing is good news, and says what was looked at. */
export function outcomeSentence({ findings, pairs, counts, margin }: ShownAudit): string {
  if (pairs === 0) return 'No pair of a prompt and a component could be tested.';
  if (findings.length === 0) {
    return `No reliance found beyond what is expected and a margin of ${percent(margin)}, over ${counted(pairs, 'pair')} of ${subjectsText(counts)} with components.`;
  }
  const subjects = new Set(findings.map(({ subject }) => subject)).size;
  const undecided = findings.filter(({ decision }) => decision === null).length;
  const all = counts.prompts + counts.classes;
  const kind = counts.classes === 0 ? 'prompt' : counts.prompts === 0 ? 'class' : 'prompts and classes';
  const whom =
    kind === 'prompts and classes' ? kind : all === 1 ? kind : kind === 'class' ? 'classes' : 'prompts';
  const left =
    undecided === 0
      ? 'all decided'
      : undecided === findings.length
        ? 'none decided yet'
        : `${count(undecided)} undecided`;
  return `${counted(findings.length, 'finding')}, in ${count(subjects)} of ${count(all)} ${whom}; ${left}.`;
}

/** How a screen reader says a row. */
export function spokenFinding(finding: ShownFinding): string {
  const { prompt, probe, measured, expected, score, interval, alignment, kind, decision } = finding;
  const effect = effectTexts(finding);
  return [
    probe === null ? prompt : `${prompt}, class of ${probe}`,
    `relies on ${componentText(finding)}`,
    `measured ${percent(measured)}`,
    `expected ${percent(expected)}`,
    `score ${signedPercent(score)}, ${intervalText(interval)}`,
    `alignment ${alignmentText(alignment)}`,
    kindTexts[kind].label,
    effect === null
      ? 'effect not measured'
      : `effect ${effect.change}${effect.accuracy === null ? '' : `, accuracy ${effect.accuracy}`}`,
    decision === null ? 'undecided' : `decided: ${verdictTexts[decision.verdict]}`,
  ].join(', ');
}
