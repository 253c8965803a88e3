import type {
  FinderOptions,
  FoundPrompt,
  FoundPrompts,
  PromptGroup,
  PromptSource,
} from '../shared/foundPrompts';
import { findInUnits } from './analysis/findInUnits';
import type { Unit } from './analysis/spots';
import { type Grammars, openGrammars } from './grammars';
import { languageOf } from './languages';
import { withoutMagics } from './lower/notebook';

/**
 * The prompts of one file, or of the cells of a notebook in their order (docs/prompts.md). One result per source; ids of
 * groups are unique over all of them. A source whose language is not known has none.
 *
 * @param grammars folder with the grammars' WebAssembly files
 */
export async function findPrompts(
  sources: readonly PromptSource[],
  options: FinderOptions,
  grammars: string,
): Promise<FoundPrompts[]> {
  const opened = await openGrammars(grammars);
  const parts: Part[] = [];
  sources.forEach((source, index) => {
    addParts(parts, { source, index, offsets: null, escaped: false }, opened);
  });
  const units = parts.map(({ unit }) => unit);
  const found = findInUnits(units, options);
  return sources.map((_, index) => {
    const own = parts.flatMap((part, at) => (part.index === index ? [placed(found[at]!, part)] : []));
    return {
      prompts: own.flatMap(({ prompts }) => prompts).sort(byStart),
      groups: own.flatMap(({ groups }) => groups).sort(byStart),
      images: own.flatMap(({ images }) => images).sort(byStart),
    };
  });
}

/** A source, or a file within it. */
interface Part extends Origin {
  readonly unit: Unit;
}

interface Origin {
  readonly source: PromptSource;
  /** Of the source it lies in. */
  readonly index: number;
  /** Where its code units stand in that source; null where it is the source. */
  readonly offsets: Int32Array | null;
  readonly escaped: boolean;
}

/** How often files may lie within one another: code in Markdown in a notebook. */
const deepest = 4;

function addParts(parts: Part[], origin: Origin, grammars: Grammars, depth = 0): void {
  const { index, offsets, escaped } = origin;
  const source = isCell(origin.source)
    ? { ...origin.source, text: withoutMagics(origin.source.text) }
    : origin.source;
  const language = languageOf(source.path);
  if (language === null || depth > deepest) return;
  const program = language.lower(source, grammars);
  const order = (at: number) => [index, offsets === null ? at : offsets[at]!] as const;
  parts.push({ ...origin, source, unit: { index: parts.length, source, program, order } });
  for (const inner of language.embedded?.(source, grammars) ?? []) {
    const embedded = {
      source: inner.source,
      index,
      offsets: offsets === null ? inner.offsets : inner.offsets.map((at) => offsets[at]!),
      escaped: escaped || inner.escaped,
    };
    addParts(parts, embedded, grammars, depth + 1);
  }
}

/** Whether it is code of a notebook's cell, here or in the editor: `a.ipynb#cell.py`. */
function isCell({ path }: PromptSource): boolean {
  return /\.ipynb#[^/\\]*\.(?!md$)\w+$/i.test(path);
}

/** With places in the source. */
function placed(found: FoundPrompts, { offsets, escaped }: Part): FoundPrompts {
  if (offsets === null) return found;
  const at = <T extends { readonly start: number; readonly end: number }>(place: T): T => ({
    ...place,
    start: offsets[place.start]!,
    end: offsets[place.end]!,
  });
  return {
    prompts: found.prompts.map((prompt): FoundPrompt => {
      const literal = prompt.literal === null ? null : { ...prompt.literal, embedded: escaped };
      return { ...at(prompt), literal };
    }),
    groups: found.groups.map((group): PromptGroup => at(group)),
    images: found.images.map(at),
  };
}

function byStart(a: { readonly start: number }, b: { readonly start: number }): number {
  return a.start - b.start;
}
