import type { KindTest } from '../../../shared/audit';
import type { CompoundTest } from './compound';
import type { NuisanceTest } from './nuisance';
import { fewestOfSense, type Sense, type Senses } from './senses';
import { fewestStrong, mostBetween, type Spread } from './spread';
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
  const { holds, phrase, part, whole, carried, pBetter, pDescribed } = test;
  const quoted = `“${phrase.words}”`;
  return {
    kind: 'compound',
    holds,
    evidence: holds
      ? `Its pictures show ${quoted} rather than the whole (alignment ${shown(part)}, with the whole ${shown(whole)}), and ${quoted} describes it better than ${percent(1 - pDescribed)} of the components.`
      : `No part of the text describes it clearly better than the whole: the best, ${quoted}, has alignment ${shown(part)}, the whole ${shown(whole)}.`,
    numbers: { part, whole, carried, pBetter, pDescribed },
    text: holds ? phrase.words : null,
  };
}

/** `texts` are those of the vocabulary, by number. */
export function homonymResult(senses: Senses | null, holds: boolean, texts: readonly string[]): KindTest {
  if (texts.length === 0)
    return impossible('homonym', 'There is no vocabulary that senses could be told by.');
  if (senses === null) {
    return impossible(
      'homonym',
      `It fires in nearly all of the subject’s images, or in few of them: with fewer than ${fewestOfSense} on either side nobody can say whether they show different things.`,
    );
  }
  const { active, silent, p } = senses;
  const named = (sense: Sense | null) => (sense === null ? null : `“${texts[sense.text]!}”`);
  const [here, there] = [named(active), named(silent)];
  return {
    kind: 'homonym',
    holds,
    evidence: holds
      ? `The images in which it fires are described as well by ${here}, the others by ${there}, and neither by the other’s: the text has two senses.`
      : here === null || there === null
        ? 'No two texts of the vocabulary tell the images in which it fires from the others.'
        : `The images in which it fires are described as well by ${here}, the others by ${there}, but not clearly enough to be two senses.`,
    numbers: {
      p,
      ...(active === null ? {} : { contrast: active.contrast, carried: active.carried }),
      ...(silent === null ? {} : { otherContrast: silent.contrast, otherCarried: silent.carried }),
    },
    text: !holds ? null : active === null ? null : texts[active.text]!,
  };
}

export function artefactResult(
  spread: Spread | null,
  holds: boolean,
  nuisance: NuisanceTest | null,
  by: 'folders' | 'judge',
): KindTest {
  if (spread === null) {
    return impossible(
      'artefact',
      `Fewer than ${fewestStrong} other images fire it nearly as strongly: what it answers to there cannot be seen.`,
    );
  }
  const { strong, clear, classes, between, bound, above, pWeaker } = spread;
  const named = nuisance?.holds === true ? nuisance.text : null;
  const over = `${clear} other images of ${classes} classes${by === 'judge' ? ', as the judge sees them,' : ''} fire it too, ${strong} of them nearly as strongly, whatever they are of`;
  return {
    kind: 'artefact',
    holds,
    evidence: holds
      ? `${over} (classes decide ${percent(Math.max(0, between))} of it, at most ${percent(bound)})${named === null ? '' : `; “${named}”, declared a nuisance, describes it`}.`
      : bound < mostBetween
        ? `It fires on the subject’s images less than on others that fire it: what it answers to there is hardly in them.`
        : `Which other images fire it depends on what they are of: classes decide up to ${percent(bound)} of it.`,
    numbers: {
      strong,
      clear,
      classes,
      between,
      bound,
      above,
      pWeaker,
      ...(nuisance === null
        ? {}
        : { nuisance: nuisance.alignment, pNuisance: nuisance.pBetter, pDescribed: nuisance.pDescribed }),
    },
    text: holds ? named : null,
  };
}

function shown(value: number): string {
  return Number(value.toPrecision(2)).toString().replace('-', '−');
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
