import type { Drawing } from './draw';
import type { Scene } from './scene';

/** What is known of a picture, as it stands in ground_truth.json. */
export interface Truth {
  readonly nouns: readonly string[];
  /** One per noun. */
  readonly glyphs: readonly string[];
  /** One per noun: left, top, right, bottom, as parts of the picture's side. */
  readonly boxes: readonly (readonly number[])[];
  readonly background: string;
  /** Of a texture; null where the background is a place. */
  readonly color: string | null;
  readonly written: string | null;
  readonly artefacts: readonly string[];
  readonly caption: string;
}

export function truthOf({ things, background, word, artefacts, caption }: Scene, { boxes }: Drawing): Truth {
  return {
    nouns: things.map(({ noun }) => noun),
    glyphs: things.map(({ glyph }) => glyph),
    boxes,
    background: background.kind,
    color: 'colour' in background ? background.colour : null,
    written: word?.text ?? null,
    artefacts,
    caption,
  };
}
