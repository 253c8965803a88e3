import { l10n } from 'vscode';
import type { Finding } from '../../shared/audit';

/** Another way to say what a prompt means, not scored yet. */
export interface Proposal {
  readonly text: string;
  /** What is different, for people. */
  readonly why: string;
}

/** What is proposed to tell senses apart: things that a word may mean one of. */
export const categories: readonly string[] = [
  'an animal',
  'a bird',
  'an insect',
  'a plant',
  'food',
  'a person',
  'a place',
  'a building',
  'a vehicle',
  'a tool',
  'a piece of clothing',
  'a toy',
  'a work of art',
  'an electronic device',
  'a piece of furniture',
  'a musical instrument',
  'a sport',
  'a symbol',
];

const most = 30;
const longest = 300;
const frame =
  /^(?:(?:an?|the|one|this|my)\s+)?(?:[\p{L}-]+\s+){0,2}(?:photo|photograph|picture|image|snapshot|shot|drawing|painting|sketch|rendering|close-up)\s+of\s+/iu;
/** What begins a place or circumstance, which a thing can be named without. */
const circumstance =
  /\s+(?:in|on|at|under|over|near|behind|beside|by|next to|in front of|with|without|against|inside|outside)\s+/iu;

/**
 * Other ways to say what a prompt means, for the engine to score: none of them is better by itself.
 *
 * @param kind a class is a name that stands in templates: it has no frame of its own
 * @param senses what may be said besides to tell its sense, as in `categories`: the likeliest first
 */
export function proposals(
  text: string,
  kind: 'prompt' | 'class',
  finding: Pick<Finding, 'label' | 'tests'>,
  senses: readonly string[],
): readonly Proposal[] {
  const said = text.trim();
  const end = /[.!?…]+$/.exec(said)?.[0] ?? '';
  const plain = said.slice(0, said.length - end.length);
  const front = kind === 'class' ? '' : (frame.exec(plain)?.[0] ?? '');
  const thing = plain.slice(front.length);
  const cut = circumstance.exec(thing)?.index ?? -1;
  const core = cut === -1 ? thing : thing.slice(0, cut);
  const circumstances = cut === -1 ? '' : thing.slice(cut);
  const words = core.split(/\s+/);
  const head = words.at(-1) ?? '';
  const noun = words.filter((word) => !/^(?:an?|the)$/i.test(word));

  const all: Proposal[] = [];
  const add = (other: string, why: string) => all.push({ text: `${other}${end}`, why });
  for (const sense of senses) {
    add(`${front}${core}, ${sense}${circumstances}`, l10n.t('says which sense is meant'));
  }
  if (noun.length > 1) {
    const joined = noun.join('-');
    const article = /^(?:an?|the)\s/i.exec(core)?.[0] ?? '';
    add(`${front}${article}${joined}${circumstances}`, l10n.t('writes the compound as one word'));
    add(`${front}${core}, a kind of ${head}${circumstances}`, l10n.t('names the thing apart'));
  }
  const others = [finding.label, ...finding.tests.filter(({ holds }) => holds).map((test) => test.text)];
  for (const other of new Set(others)) {
    const less = other === null ? null : withoutWords(plain, other);
    if (less !== null) add(less, l10n.t('leaves out “{0}”', other!));
  }
  if (circumstances !== '') add(`${front}${core}`, l10n.t('leaves out the circumstances'));
  if (kind === 'prompt') {
    for (const other of ['a photo of ', 'a close-up photo of ', 'an image of ', 'a picture of ', '']) {
      add(
        `${other}${thing}`,
        other === '' ? l10n.t('only the thing') : l10n.t('in the template “{0}{}”', other),
      );
    }
  }
  if (finding.label !== null && wordsIn(plain, finding.label) === null) {
    add(`${plain} with ${finding.label}`, l10n.t('says what it relies on'));
  }
  const seen = new Set([said.toLowerCase()]);
  return all
    .filter((one) => {
      const name = one.text.toLowerCase();
      const isNew = /\p{L}/u.test(one.text) && one.text.length <= longest && !seen.has(name);
      seen.add(name);
      return isNew;
    })
    .slice(0, most);
}

/** Null where it has not these words, or says nothing without them. */
function withoutWords(text: string, words: string): string | null {
  const found = wordsIn(text, words);
  if (found === null) return null;
  const tidy = text.replace(found, '').replace(/\s+/g, ' ').replace(/\s+,/g, ',').trim();
  // "a photo of a" says nothing.
  return tidy === '' || /(?:^|\s)(?:an?|the|of|in|on|at|with)$/i.test(tidy) ? null : tidy;
}

/** What finds the words of a label in a text; null where they are not in it. */
function wordsIn(text: string, words: string): RegExp | null {
  const plain = words.replace(/^(?:an?|the)\s+/i, '').trim();
  if (plain === '') return null;
  const escaped = plain.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu');
  return text.search(found) === -1 ? null : found;
}
