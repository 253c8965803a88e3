import { ClipsightError } from '../../shared/errors';
import type { ClipCheckpoint } from './architecture';
import { type Hook, writeSite } from './hook';
import { partSizes } from './imageTower';

/** Where a selection of tokens lies: its rows among the tokens, and which parts of the stream it takes. */
export interface TokenSpan {
  readonly start: number;
  readonly end: number;
  /** Parts of the stream, with the range that each takes within the selection. */
  readonly parts: readonly { readonly part: number; readonly from: number; readonly to: number }[];
}

/** Throws ClipsightError `dictionary` where the model has no such tokens. */
export function tokenSpan({ id, image }: Pick<ClipCheckpoint, 'id' | 'image'>, hook: Hook): TokenSpan {
  const { point, tokens } = hook;
  if (point === 'embedding' && tokens !== 'all') {
    throw new ClipsightError(
      'dictionary',
      `The embedding of ${id} is one vector: there are no ${tokens} tokens to choose.`,
      'Leave the choice of tokens out, or choose all.',
    );
  }
  if (image.cls === null && tokens === 'cls') {
    throw new ClipsightError(
      'dictionary',
      `${id} has no CLS token: its image tower has patches only.`,
      'Choose patches or all.',
    );
  }
  const sizes = partSizes(image, writeSite(image, hook));
  const first = tokens === 'patches' ? sizes.length - 1 : 0;
  const last = tokens === 'cls' ? 0 : sizes.length - 1;
  const start = sum(sizes.slice(0, first));
  return {
    start,
    end: sum(sizes.slice(0, last + 1)),
    parts: sizes.slice(first, last + 1).map((size, i) => {
      const from = sum(sizes.slice(first, first + i));
      return { part: first + i, from, to: from + size };
    }),
  };
}

const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);
