import { findPrompts } from '../../src/prompts/findPrompts';
import type { FinderOptions, FoundPrompts } from '../../src/shared/foundPrompts';
import { grammarsFolder } from './grammars';

/** As the settings are by default. */
export const finderOptions: FinderOptions = {
  names: [],
  calls: [],
  files: [
    '**/{prompts,captions,labels,classes,classnames,templates}.txt',
    '**/*_{prompts,captions,labels,classes,classnames,templates}.txt',
  ],
};

/** What is found in one file, Python where no other is named. */
export async function foundIn(
  text: string,
  path = 'script.py',
  options: Partial<FinderOptions> = {},
): Promise<FoundPrompts> {
  const [found] = await findPrompts([{ path, text }], { ...finderOptions, ...options }, grammarsFolder);
  return found!;
}

/** Each prompt as `kind group: text`. */
export async function linesFoundIn(
  text: string,
  path?: string,
  options?: Partial<FinderOptions>,
): Promise<readonly string[]> {
  const { prompts } = await foundIn(text, path, options);
  return prompts.map((prompt) => `${prompt.kind} ${prompt.group}: ${prompt.text}`);
}
