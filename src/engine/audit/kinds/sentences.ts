import type { KindTest } from '../../../shared/audit';
import type { NuisanceTest, Spread } from './artefact';
import type { CompoundTest } from './compound';
import type { HomonymTest } from './homonym';
import type { OnLetters, WrittenTest } from './written';

/** Each test with its numbers and a sentence for people. `p` names are those of docs/audit.md. */

export function impossible(kind: KindTest['kind'], evidence: string): KindTest {
  return { kind, holds: false, evidence, numbers: {}, text: null };
}

export function writtenResult(
  phrase: string,
  test: WrittenTest,
  letters: OnLetters | null,
  level: number,
): KindTest {
  const { own, others, pOwn, pAny, pWord, reached, pLettered } = test;
  const read = test.holds && letters?.holds === true ? letters : null;
  const holds = read !== null;
  const readsWord = pWord <= level;
  const evidence = read
    ? `It fires on “${phrase}” written on plain colour (${shown(own)} on average, ${shown(others)} on other words), ` +
      `${percent(read.inside)} of the evidence for it lies on the letters, and the images in which it fires look written on: ` +
      (readsWord ? 'it reads this word.' : 'it fires on any text.')
    : pOwn > level || own <= 0
      ? `It does not fire on “${phrase}” written on plain colour.`
      : reached <= level
        ? `“${phrase}” written on plain colour fires it less (${shown(own)}) than nearly all of the subject’s images in which it is active.`
        : Math.min(pAny, pWord) > level
          ? `It fires on “${phrase}” written on plain colour, but as much on some other words, and on most not.`
          : pLettered > level
            ? `It fires on written text, but the subject’s images in which it is active do not look written on.`
            : `It fires on “${phrase}” written on plain colour, but the evidence for it does not lie on the letters.`;
  return {
    kind: 'written',
    holds,
    evidence,
    numbers: {
      own,
      others,
      pOwn,
      pAny,
      pWord,
      reached,
      pLettered,
      ...(letters === null ? {} : { inside: letters.inside, area: letters.area, pInside: letters.p }),
    },
    text: holds ? phrase : null,
  };
}

export function compoundResult(test: CompoundTest): KindTest {
  const { holds, phrase, part, whole, pBetter, pDescribed } = test;
  const quoted = `“${phrase.words}”`;
  return {
    kind: 'compound',
    holds,
    evidence: holds
      ? `Its pictures show ${quoted} rather than the whole (alignment ${shown(part)}, with the whole ${shown(whole)}), and ${quoted} describes it better than ${percent(1 - pDescribed)} of the components.`
      : `No part of the text describes it clearly better than the whole: the best, ${quoted}, has alignment ${shown(part)}, the whole ${shown(whole)}.`,
    numbers: { part, whole, pBetter, pDescribed },
    text: holds ? phrase.words : null,
  };
}

/** `label` is what describes the component's other pictures best; `more` and `less` count the subject's images. */
export function homonymResult(
  { holds, cosine, pApart, pSide, pWord }: HomonymTest,
  label: string | null,
  more: number,
  less: number,
  level: number,
): KindTest {
  const groups = `The ${more} images that fire it and the ${less} that fire it little or not`;
  const named = label === null ? '' : `; the judge calls its other pictures “${label}”`;
  const evidence = holds
    ? `${groups} show different things to the judge (cosine ${shown(cosine!)}; only ${percent(pApart)} of such divisions of a class are as far apart), and the model under study has the same word for its other pictures${named}.`
    : pApart > level
      ? `${groups} are about as alike to the judge as images of one class are${cosine === null ? '' : ` (cosine ${shown(cosine)})`}.`
      : pSide > level
        ? `${groups} show different things, but its other pictures are not like the former.`
        : `${groups} show different things, but the model under study has many words as good for its other pictures.`;
  return {
    kind: 'homonym',
    holds,
    evidence,
    numbers: { more, less, ...(cosine === null ? {} : { cosine }), pApart, pSide, pWord },
    text: holds ? label : null,
  };
}

export interface ArtefactFacts {
  readonly spread: Spread;
  /** Share of components whose pictures are of classes as little related. */
  readonly pSpread: number;
  readonly isSpread: boolean;
  readonly nuisance: NuisanceTest | null;
  /** What describes it best in the vocabulary, and that random pictures are described as well. */
  readonly label: string | null;
  readonly best: number;
  readonly pLabel: number;
  /** What its pictures have beyond their classes: that it is nothing, and what describes it. */
  readonly pCommon: number;
  readonly common: string | null;
}

export function artefactResult(facts: ArtefactFacts, level: number): KindTest {
  const { spread, pSpread, isSpread, nuisance, label, best, pLabel, pCommon, common } = facts;
  const byNuisance = nuisance?.holds === true;
  const nothing = pLabel > level;
  const byContext = pCommon <= level;
  const holds = isSpread && (byNuisance || nothing || byContext);
  const over = `Its other pictures are of ${spread.classes} classes that have little to do with each other`;
  const evidence = !isSpread
    ? `Its other pictures are of related classes (${spread.classes} of them, mean cosine ${shown(spread.nearness)}, at random ${shown(spread.random)}).`
    : byNuisance
      ? `${over}, and “${nuisance.text}”, declared a nuisance, describes it.`
      : nothing
        ? `${over}, and nothing in the vocabulary describes it better than random pictures.`
        : byContext
          ? `${over}, and differ from others of those classes in the same way${common === null ? '' : `: “${common}” describes it`}.`
          : `${over}, but “${label}” describes it, and they do not differ from others of those classes.`;
  return {
    kind: 'artefact',
    holds,
    evidence,
    numbers: {
      classes: spread.classes,
      nearness: spread.nearness,
      random: spread.random,
      pNear: spread.pNear,
      pSpread,
      best,
      pLabel,
      pCommon,
      ...(nuisance === null
        ? {}
        : { nuisance: nuisance.alignment, pNuisance: nuisance.pBetter, pDescribed: nuisance.pDescribed }),
    },
    text: !holds ? null : byNuisance ? nuisance.text : nothing ? null : common,
  };
}

function shown(value: number): string {
  return Number(value.toPrecision(2)).toString().replace('-', '−');
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
