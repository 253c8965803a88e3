import type { FindingKind, KindTest } from '../../shared/audit';
import { percent } from '../../shared/points';
import { raw, withSign } from '../components/format';
import { alignmentText, pText } from './sentences';

/** A number of a test as people read it. */
export interface NamedNumber {
  readonly name: string;
  readonly value: string;
  /** What it says, and the number as it was computed. */
  readonly hint: string;
}

/** How a number is written: a p-value, a share, an alignment (a difference of cosines), an activation, a count. */
type Measure = 'p' | 'share' | 'alignment' | 'activation' | 'count';

interface Meaning {
  readonly name: string;
  readonly measure: Measure;
  readonly says: string;
}

/** By kind and by the name that the engine gives it (docs/audit.md, *Kinds*). */
const meanings: Readonly<Record<FindingKind, Readonly<Record<string, Meaning>>>> = {
  written: {
    own: {
      name: 'on its own words',
      measure: 'activation',
      says: 'Mean activation on drawn words of the prompt, less that without letters',
    },
    others: {
      name: 'on other words',
      measure: 'activation',
      says: 'Mean activation on other drawn words, less that without letters',
    },
    pOwn: {
      name: 'its own words fire it',
      measure: 'p',
      says: 'p of no difference to the layouts without letters',
    },
    pAny: {
      name: 'any text fires it',
      measure: 'p',
      says: 'p of no difference between other words and no letters',
    },
    pWord: {
      name: 'it reads this word',
      measure: 'p',
      says: 'p of the prompt’s words standing no further out than other words do',
    },
    reached: {
      name: 'images outdone by drawn words',
      measure: 'share',
      says: 'Share of the prompt’s images in which it fires that it fires in no more than on the drawn words',
    },
    pLettered: {
      name: 'its images look written on',
      measure: 'p',
      says: 'p of images in which it fires looking no more like written text than others do',
    },
    inside: {
      name: 'evidence on the letters',
      measure: 'share',
      says: 'Share of the positive evidence inside the letters’ box',
    },
    area: {
      name: 'letters’ part of the picture',
      measure: 'share',
      says: 'What would lie on the letters by chance',
    },
    pInside: {
      name: 'more than their part',
      measure: 'p',
      says: 'p of the evidence lying on the letters no more than their part of the picture',
    },
  },
  compound: {
    part: {
      name: 'alignment with the part',
      measure: 'alignment',
      says: 'How well the part of the prompt describes its pictures',
    },
    whole: {
      name: 'with the whole',
      measure: 'alignment',
      says: 'How well the whole prompt describes its pictures',
    },
    carried: {
      name: 'the whole fits as well as the part by',
      measure: 'share',
      says: 'How well the whole fits its pictures as a share of how well the part does, both beyond the usual; at most 80 % for another thing',
    },
    pBetter: {
      name: 'the part is better',
      measure: 'p',
      says: 'p of the part describing its pictures no better, for all parts tried',
    },
    pDescribed: {
      name: 'few are described as well',
      measure: 'p',
      says: 'Share of components that the part describes as well as this one',
    },
  },
  homonym: {
    p: {
      name: 'two groups',
      measure: 'p',
      says: 'p of random divisions of the images telling texts as far apart',
    },
    contrast: {
      name: 'its text tells them apart by',
      measure: 'alignment',
      says: 'How much better the text of the images in which it fires fits these than the others: a difference of cosines',
    },
    carried: {
      name: 'its text fits the others by',
      measure: 'share',
      says: 'How well that text fits the other images, as a share of how well it fits these; at most 80 % for another thing',
    },
    otherContrast: {
      name: 'the others’ text tells them apart by',
      measure: 'alignment',
      says: 'How much better the text of the images in which it is silent fits these than those in which it fires',
    },
    otherCarried: {
      name: 'the others’ text fits these by',
      measure: 'share',
      says: 'How well that text fits the images in which it fires, as a share of how well it fits the others; at most 80 % for another thing',
    },
  },
  artefact: {
    strong: {
      name: 'other images fire it nearly as strongly',
      measure: 'count',
      says: 'Images that are not the prompt’s and fire it at three quarters of the median of the prompt’s that do, or more',
    },
    clear: {
      name: 'other images fire it clearly',
      measure: 'count',
      says: 'Images that are not the prompt’s and fire it at half of that median or more',
    },
    classes: { name: 'classes', measure: 'count', says: 'Classes that these images are of' },
    between: {
      name: 'decided by the class',
      measure: 'share',
      says: 'How much of whether an image fires it clearly its class decides: an intraclass correlation, negative by chance',
    },
    bound: { name: 'at most', measure: 'share', says: 'Upper 95 % bound of that; below 5 % for an artefact' },
    above: {
      name: 'fires more here than elsewhere',
      measure: 'share',
      says: 'How often an image of the prompt fires it more than another image that fires it does; half for neither',
    },
    pWeaker: {
      name: 'fires less here',
      measure: 'p',
      says: 'p of it firing on the prompt’s images no less than on others; small speaks against an artefact',
    },
    nuisance: {
      name: 'alignment with the nuisance',
      measure: 'alignment',
      says: 'How well the declared nuisance describes its pictures',
    },
    pNuisance: {
      name: 'the nuisance is better',
      measure: 'p',
      says: 'p of the nuisance describing its pictures no better than the prompt does, for all nuisances',
    },
    pDescribed: {
      name: 'few are described as well',
      measure: 'p',
      says: 'Share of components that the nuisance describes as well as this one, for all nuisances',
    },
  },
};

/** The numbers of a test in the engine's order; one that this page does not know keeps its name. */
export function namedNumbers({ kind, numbers }: Pick<KindTest, 'kind' | 'numbers'>): NamedNumber[] {
  return Object.entries(numbers).map(([key, value]) => {
    const meaning = meanings[kind][key];
    if (meaning === undefined) return { name: key, value: raw(value), hint: raw(value) };
    const { name, measure, says } = meaning;
    return { name, value: measured(value, measure), hint: `${says} (${raw(value)})` };
  });
}

function measured(value: number, measure: Measure): string {
  switch (measure) {
    case 'p':
      return `p ${pText(value)}`;
    case 'share':
      return value < 0 ? `${withSign(value, (100 * value).toFixed(1))}\u00a0%` : percent(value);
    case 'alignment':
      return alignmentText(value);
    case 'activation':
      return withSign(value, value.toFixed(2)).replace(/^\+/, '');
    case 'count':
      return String(value);
  }
}
