/**
 * Which class folders a text names: those whose last name stands in it as whole words. `hot_dog`, `hot-dog` and `Hot Dog`
 * are one name; a name within a longer one that was taken is not named by itself.
 */

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** The words of a text as they are compared; underscores, hyphens and punctuation part them. */
function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[_\p{Pd}]/gu, ' ');
  return Array.from(segmenter.segment(plain)).flatMap(({ segment, isWordLike }) =>
    isWordLike === true ? [segment] : [],
  );
}

const articles: ReadonlySet<string> = new Set(['a', 'an', 'the']);

interface FolderName {
  readonly words: readonly string[];
  readonly folders: readonly string[];
}

function folderNames(folders: readonly string[]): readonly FolderName[] {
  const byName = new Map<string, { words: readonly string[]; folders: string[] }>();
  for (const folder of folders) {
    const words = wordsOf(folder.split('/').at(-1) ?? '');
    // An article stands in nearly every prompt, and names no folder; the root itself (`.`) has no words.
    if (words.every((word) => articles.has(word))) continue;
    const known = byName.get(words.join(' '));
    if (known === undefined) byName.set(words.join(' '), { words, folders: [folder] });
    else known.folders.push(folder);
  }
  return [...byName.values()];
}

/** The names that stand in a text, those of most words first; a word that one of them has taken is left to no shorter one. */
function standing(
  text: readonly string[],
  names: readonly FolderName[],
  same: (word: string, named: string, last: boolean) => boolean,
): readonly FolderName[] {
  /** Of each word, of how many words the name is that has taken it; 0 where none has. */
  const taken = text.map(() => 0);
  return names
    .toSorted((a, b) => b.words.length - a.words.length)
    .filter(({ words }) => {
      const starts = [...text.keys()].filter((start) =>
        words.every((named, i) => {
          const word = text[start + i];
          const last = i === words.length - 1;
          return word !== undefined && taken[start + i]! <= words.length && same(word, named, last);
        }),
      );
      for (const start of starts) taken.fill(words.length, start, start + words.length);
      return starts.length > 0;
    });
}

const irregular: ReadonlyMap<string, string> = new Map([
  ['children', 'child'],
  ['people', 'person'],
  ['mice', 'mouse'],
  ['geese', 'goose'],
  ['feet', 'foot'],
  ['teeth', 'tooth'],
]);

/** What an English word may be the plural of. */
function singulars(word: string): readonly string[] {
  const known = irregular.get(word);
  if (known !== undefined) return [known];
  const cut = (end: string, by: string) => (word.endsWith(end) ? [word.slice(0, -end.length) + by] : []);
  const found = [
    ...(word.endsWith('ss') ? [] : cut('s', '')),
    ...cut('es', ''),
    ...cut('ies', 'y'),
    ...cut('ves', 'f'),
    ...cut('ves', 'fe'),
    ...cut('men', 'man'),
  ];
  return found.filter((singular) => singular.length >= 2);
}

const equal = (word: string, named: string) => word === named;
const inNumber = (word: string, named: string, last: boolean) =>
  word === named || (last && (singulars(word).includes(named) || singulars(named).includes(word)));

/**
 * The folders that a text names, all of those that are called the same. None where it names things of several names ("a
 * wolf beside a bear" with `wolf` and `bear`): the pictures of neither show what it says. Where no name stands in it
 * as it is, one that does but for its number and for articles is taken ("two wolves", `the_wolf`).
 *
 * @param folders class folders with slashes
 */
export function foldersNamed(text: string, folders: readonly string[]): readonly string[] {
  const words = wordsOf(text);
  const names = folderNames(folders);
  const exact = standing(words, names, equal);
  if (exact.length > 0) return exact.length === 1 ? exact[0]!.folders : [];
  const bare = (of: readonly string[]) => of.filter((word) => !articles.has(word));
  const loose = names.map((name) => ({ ...name, words: bare(name.words) }));
  const similar = standing(bare(words), loose, inNumber);
  return similar.length === 1 ? similar[0]!.folders : [];
}
