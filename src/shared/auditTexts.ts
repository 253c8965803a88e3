import type { AuditedImages, AuditReport, Finding, FindingEffect, FindingKind } from './audit';
import type { Verdict } from './decisions';
import { percent, signedPoints } from './points';

/** How an audit is put into words, wherever people read it. */

export const kindNames: Readonly<Record<FindingKind, string>> = {
  homonym: 'homonym',
  compound: 'compound',
  written: 'written word',
  artefact: 'artefact',
};

export const kindMeanings: Readonly<Record<FindingKind, string>> = {
  homonym:
    'The images in which it fires and those in which it is silent are of different senses of the prompt.',
  compound: 'Its pictures fit a part of what the prompt says rather than the whole.',
  written: 'It reads: it fires where words of the prompt are written in the picture.',
  artefact: 'What fires it elsewhere has nothing to do with what is in the picture.',
};

export const verdictNames: Readonly<Record<Verdict, string>> = {
  expected: 'expected',
  spurious: 'spurious',
  todo: 'to do',
};

/** A difference of shares, as per cent with its sign. */
export function signedPercent(share: number): string {
  const text = (100 * Math.abs(share)).toFixed(1);
  const sign = text === '0.0' ? '' : share < 0 ? '\u2212' : '+';
  return `${sign}${text}\u00a0%`;
}

export function alignmentText(alignment: number): string {
  const text = Math.abs(alignment).toFixed(3);
  return alignment < 0 && text !== '0.000' ? `\u2212${text}` : text;
}

export function intervalText([low, high]: readonly [number, number]): string {
  return `${signedPercent(low)} to ${signedPercent(high)}`;
}

/** `latent 708 “snow”`, or only its number where it has no label. */
export function componentText(
  { dictionary }: AuditReport['study'],
  { component, label }: Pick<Finding, 'component' | 'label'>,
): string {
  const what = dictionary.point === 'heads' ? 'head' : 'latent';
  return label === null ? `${what} ${component}` : `${what} ${component} “${label}”`;
}

export function studyName({ study }: Pick<AuditReport, 'study'>): string {
  const { model, dictionary } = study;
  return `${model.id} with ${dictionary.id}, block ${dictionary.layer}, ${dictionary.tokens} tokens`;
}

export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** What a finding says, in some sentences. */
export function findingSentence(finding: Finding): string {
  const { measured, expected, excuse, score, interval, images, active } = finding;
  return [
    `${percent(measured)} of what speaks for it comes from this component; at an alignment of ` +
      `${alignmentText(excuse)} one would expect ${percent(expected)}. That is ${signedPercent(score)} ` +
      `(90\u00a0% interval ${intervalText(interval)}).`,
    ...excuseSentence(finding),
    `It is active in ${active} of ${counted(images, 'image')}.`,
  ].join(' ');
}

/** Why the expected share was not read at the alignment, where it was not. */
function excuseSentence({ kind, alignment, excuse }: Finding): readonly string[] {
  if (excuse === alignment) return [];
  const fits = `Its alignment with what it says is ${alignmentText(alignment)}`;
  switch (kind) {
    case 'homonym':
      return [`${fits}, but a text with two senses excuses neither by itself.`];
    case 'compound':
      return [`${fits}, but a whole is not excused by its part.`];
    case 'written':
    case 'artefact':
      return [`${fits}.`];
  }
}

/** What switching the component off does, in sentences. */
export function effectSentences({ images, similarity, interval, accuracy, absent }: FindingEffect): string[] {
  const range =
    interval === null ? '' : ` (interval ${signedPoints(interval[0])} to ${signedPoints(interval[1])})`;
  return [
    `Switched off, the score of ${counted(images, 'image')} changes by ${signedPoints(similarity)} points${range} on average.`,
    ...(accuracy === null
      ? []
      : [
          `Of ${counted(accuracy.images, 'image')}, ${percent(accuracy.before)} are told apart rightly with it and ${percent(accuracy.after)} without it.`,
        ]),
    ...(absent === null
      ? ['It is active in all of the images: whether it works without is not to be seen.']
      : [
          `On the ${counted(absent.images, 'image')} in which it is silent anyway the mean score is ${(100 * absent.similarity).toFixed(2)} points` +
            `${absent.accuracy === null ? '' : `, and ${percent(absent.accuracy)} are told apart rightly`}.`,
        ]),
  ];
}

/** The effect in a cell of a table. */
export function effectText(effect: FindingEffect | null): string {
  if (effect === null) return '–';
  const { similarity, accuracy } = effect;
  const score = `${signedPoints(similarity)} points`;
  return accuracy === null
    ? score
    : `${score}, accuracy ${percent(accuracy.before)} → ${percent(accuracy.after)}`;
}

export function imagesText(images: AuditedImages): string {
  switch (images.kind) {
    case 'folders':
      return images.folders.length === 1
        ? `folder ${images.folders[0]}`
        : `folders ${images.folders.join(', ')}`;
    case 'files':
      return 'assigned images';
    case 'matches':
      return `the ${images.most} best matches`;
  }
}

/** What was tested and how, a sentence each. */
export function methodSentences({
  margin,
  level,
  pairs,
  grounds,
  study,
}: Pick<AuditReport, 'margin' | 'level' | 'pairs' | 'grounds' | 'study'>): string[] {
  return [
    'Measured is how much of what speaks for a prompt rests on a component, in the mean of its images: what the score of an image loses when the component is switched off, by running the rest of the model, as a share of all such losses.',
    `Looked at are components that are active in at least 20\u00a0% of a prompt’s images and in at least 10 of them, and that do not fire for nearly every image: ${counted(pairs, 'pair')} of prompt and component.`,
    'First four tests say for each of these pairs whether the component reads the words, means a part, means another sense or comes with anything. They look at what fires it, never at its share. Only what one of them holds for can be a finding.',
    'Alignment says how well what the component means fits what the prompt says or was declared to rely on. Its meaning is read from the images that fire it most, those of the prompt left out.',
    'Expected is the share that components of an alignment usually get: an isotonic fit over all pairs, cross-fitted by prompt. A homonym is held against the alignment with the other sense, a compound against what the whole has beyond its part.',
    `A finding is measured above expected by more than the margin of ${percent(margin)}, by a studentised bootstrap over images, one-sided. Of the findings at most ${percent(level)} are expected to be false (Benjamini–Yekutieli).`,
    `${counted(grounds.images, 'image')} of the library were looked at. ${
      grounds.judge === null
        ? `What pictures show was judged by ${study.model.id} itself: it cannot see its own confusions (self-judged).`
        : `What pictures show was judged by ${grounds.judge}.`
    }`,
  ];
}

/** What an audit does not say. */
export const limits: readonly string[] = [
  'No finding is not a proof: what never shows in the images, or is active in fewer than 10 of them, was not looked at.',
  'A mismatch of no kind is no finding: most are features that look-alikes share. They are listed as unexplained, and were not tested.',
  'A component may mean several things; its label is the best of a vocabulary, not its definition.',
  'Expected shares come from the other prompts of this audit: with few of them they are rough.',
  'The kind is the first test that holds, in the order written word, compound, homonym, artefact; the results of all four are given.',
];

/** What the list of unexplained components is, for people. */
export const unexplainedMeaning =
  'These get more than components of their alignment usually do, but none of the four tests says why: mostly features that look-alikes share. They were not tested for reliance, are no findings, and never make a command fail.';
