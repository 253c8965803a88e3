import type { Expression, Mapping } from '../syntax';
import { plainText } from './callees';

/** What is named like prompts and is none: what says how they are written, and what is written about them. */

const types: ReadonlySet<string> = new Set('string number integer boolean array object null'.split(' '));

/** Whether it says what values a thing may have, as JSON Schema does: `{"type": "string", "description": "…"}`. */
export function isSchema({ entries }: Mapping): boolean {
  return entries.some(({ key, value }) => {
    if (key !== 'type') return false;
    const names = value.kind === 'collection' ? value.items : [value];
    return (
      names.length > 0 && names.every((name) => name.kind === 'text' && types.has(plainText(name) ?? ''))
    );
  });
}

/** Task boxes, code, strong words, links. */
const markup = /^\[[ x]\]\s|`|\*\*|__|\]\(|:\/\//i;

/** Whether one of the texts of a list in Markdown is more than a text: it is written for readers. */
export function hasMarkup(value: Expression): boolean {
  switch (value.kind) {
    case 'collection':
      return value.items.some(hasMarkup);
    case 'text':
      return markup.test(plainText(value) ?? '');
    default:
      return false;
  }
}

/** Whether a file says how a tool is to work: labels there are of issues and of menus. */
export function isOfTools(path: string): boolean {
  return /(?:^|[\\/])\.(?:github|gitlab|vscode)[\\/]/.test(path);
}
