import type { FindingKind } from '../../shared/audit';
import type { ShownAudit, ShownFinding } from '../../shared/auditProtocol';
import type { Verdict } from '../../shared/decisions';
import { percent, signedPoints } from '../../shared/points';
import { count, counted, withSign } from '../components/format';

const noBreak = '\u00a0';

/** What a kind is called, and why a prompt of that kind relies on something else. */
export const kindTexts: Readonly<Record<FindingKind, { readonly label: string; readonly meaning: string }>> =
  {
    homonym: {
      label: 'Homonym',
      meaning:
        'The prompt’s images in which it fires show another sense of the text than those in which it is silent.',
    },
    compound: {
      label: 'Compound',
      meaning: 'What fires it fits a part of the prompt rather than the whole.',
    },
    written: { label: 'Written word', meaning: 'It fires on the prompt’s own words, written in the image.' },
    artefact: {
      label: 'Artefact',
      meaning: 'What fires it elsewhere has nothing to do with what is in the picture.',
    },
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

/** What was found, for people: what it costs of all that switching off costs, over what, and how much would be usual. */
export function findingSentence(finding: ShownFinding): string {
  const { prompt, probe, images, measured, expected, excuse } = finding;
  const whom = probe === null ? `“${prompt}”` : `the class “${prompt}” of ${probe}`;
  return (
    `${percent(measured)} of what ${whom} loses when components are switched off, it loses with ` +
    `${componentText(finding)}, on average over ${counted(images, 'image')}. ` +
    `At an alignment of ${alignmentText(excuse)}, ${percent(expected)} would be usual.`
  );
}

/** Why the usual share is not read at the component's own alignment; null where it is. */
export function excuseSentence({
  kind,
  alignment,
  excuse,
}: Pick<ShownFinding, 'kind' | 'alignment' | 'excuse'>): string | null {
  if (alignmentText(alignment) === alignmentText(excuse)) return null;
  const own = `Its own alignment is ${alignmentText(alignment)}`;
  switch (kind) {
    case 'homonym':
      return `${own}, but a text with two senses excuses neither: what counts is how well the other sense fits.`;
    case 'compound':
      return `${own}, but a whole is not excused by its part: what counts is the alignment with the whole less that with the part.`;
    case 'written':
    case 'artefact':
      return `${own}.`;
  }
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
    return `No finding: nothing of the four kinds has more than ${percent(margin)} above what is expected, among ${counted(pairs, 'pair')} of ${subjectsText(counts)} with components.`;
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
  const { prompt, probe, measured, expected, score, interval, alignment, excuse, kind, decision } = finding;
  const effect = effectTexts(finding);
  return [
    probe === null ? prompt : `${prompt}, class of ${probe}`,
    `relies on ${componentText(finding)}`,
    `measured ${percent(measured)}`,
    alignmentText(excuse) === alignmentText(alignment)
      ? `expected ${percent(expected)}`
      : `expected ${percent(expected)} at ${alignmentText(excuse)}`,
    `score ${signedPercent(score)}, ${intervalText(interval)}`,
    `alignment ${alignmentText(alignment)}`,
    kindTexts[kind].label,
    effect === null
      ? 'effect not measured'
      : `effect ${effect.change}${effect.accuracy === null ? '' : `, accuracy ${effect.accuracy}`}`,
    decision === null ? 'undecided' : `decided: ${verdictTexts[decision.verdict]}`,
  ].join(', ');
}
