import type { ComponentCard, Grounds, Sample } from '../../shared/library';
import { percent } from '../../shared/points';
import { activation, count, counted, raw } from '../components/format';
import { fewestForMeaning } from './words';

/** A score as it is shown. */
export interface Score {
  readonly name: string;
  /** Null where there is none; `qualifier` then says why. */
  readonly value: string | null;
  readonly exact: string | null;
  /** What it rests on. */
  readonly qualifier: string;
  /** What it is, in plain words (docs/method.md). */
  readonly meaning: string;
}

/** From here on two groups are worth looking at: what a judge sees as two usually scores 0.2 to 0.5. */
const twoGroups = 0.2;

export function scoresOf(card: ComponentCard, { images }: Grounds): readonly Score[] {
  const { summary, maxActivation, clarity, polysemanticity, redundancy, fired } = card;
  const { n, firingRate } = summary;
  const rests = `n = ${n}`;
  const tooFew = (fewest: number) => `needs ${fewest} images, n = ${n}`;
  return [
    {
      name: 'Fires in',
      value: firingRate === null ? null : percent(firingRate),
      exact: firingRate === null ? null : raw(firingRate),
      qualifier:
        firingRate === null ? 'no image is indexed' : `${count(fired)} of ${counted(images, 'image')}`,
      meaning: 'The share of the indexed images in which its activation is above 0, at any token.',
    },
    {
      name: 'Max activation',
      value: maxActivation === null ? null : activation(maxActivation),
      exact: maxActivation === null ? null : raw(maxActivation),
      qualifier: maxActivation === null ? 'fires in no image' : counted(fired, 'image'),
      meaning: 'The largest activation at any token of any indexed image. Its scale is the dictionary’s own.',
    },
    {
      name: 'Clarity',
      value: clarity === null ? null : clarity.toFixed(2),
      exact: clarity === null ? null : raw(clarity),
      qualifier: clarity === null ? tooFew(2) : rests,
      meaning:
        'How alike the pictures that activate it most are to the judge: the mean cosine of two of them. Near 1 they show one thing; near 0 they have little in common.',
    },
    {
      name: 'Polysemanticity',
      value: polysemanticity === null ? null : polysemanticity.score.toFixed(2),
      exact:
        polysemanticity === null
          ? null
          : `${raw(polysemanticity.score)}; distance of the two centres ${raw(polysemanticity.separation)}`,
      qualifier: polysemanticity === null ? tooFew(fewestForMeaning) : rests,
      meaning:
        'Whether its pictures fall into two groups, more than those of any cloud do: 0 for one group, 1 for two pictures repeated; two meanings usually score 0.2 to 0.5.',
    },
    {
      name: 'Redundancy',
      value: redundancy === null ? null : redundancy.toFixed(2),
      exact: redundancy === null ? null : raw(redundancy),
      qualifier:
        redundancy === null
          ? n < fewestForMeaning
            ? tooFew(fewestForMeaning)
            : 'no other to compare with'
          : rests,
      meaning:
        'The cosine of what it means with what the nearest other component means. Near 1 the dictionary has it twice.',
    },
  ];
}

/**
 * The pictures of the two groups, where the score says that there are two and they are known; else null. The groups
 * are given as indices of the samples by largest activation, so they can only be named while those are in hand.
 */
export function groupsOf(
  { polysemanticity }: Pick<ComponentCard, 'polysemanticity'>,
  byActivation: readonly Sample[] | null,
): readonly [readonly Sample[], readonly Sample[]] | null {
  if (polysemanticity === null || polysemanticity.score < twoGroups || byActivation === null) return null;
  const [one, other] = polysemanticity.groups.map((group) =>
    group.map((index) => byActivation[index]).filter((sample) => sample !== undefined),
  );
  return one!.length === 0 || other!.length === 0 ? null : [one!, other!];
}
