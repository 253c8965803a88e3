import type { Vocabulary } from '../../shared/library';

const mostTexts = 50_000;
const longest = 1000;

/** The person's texts, each once, prompts first; what is too long to be a name is left out. */
export function vocabularyOf(
  prompts: readonly string[],
  concepts: readonly string[],
  nouns: boolean,
): Vocabulary {
  const texts = [...new Set([...prompts, ...concepts].map((text) => text.trim()))];
  return {
    texts: texts.filter(({ length }) => length > 0 && length <= longest).slice(0, mostTexts),
    nouns,
  };
}
