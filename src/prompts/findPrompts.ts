import { ClipsightError } from '../shared/errors';
import type { FinderOptions, FoundPrompts, PromptSource } from '../shared/foundPrompts';

/**
 * The prompts of one file, or of the cells of a notebook in their order (docs/prompts.md). One result per source; ids of
 * groups are unique over all of them. A source whose language is not known has none.
 *
 * @param grammars folder with the grammars' WebAssembly files
 */
export async function findPrompts(
  _sources: readonly PromptSource[],
  _options: FinderOptions,
  _grammars: string,
): Promise<FoundPrompts[]> {
  throw new ClipsightError('protocol', 'Not built yet.');
}
