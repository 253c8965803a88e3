import type { TokenSelection } from '../../shared/study';
import type { ImageTower } from './architecture';
import { tokenCount } from './imageTower';

/** Where a selection of tokens lies: which parts of the [CLS, patches] stream, and their rows among the tokens. */
export interface TokenSpan {
  readonly start: number;
  readonly end: number;
  /** Parts of the stream, with the range that each takes within the selection. */
  readonly parts: readonly { readonly part: 0 | 1; readonly from: number; readonly to: number }[];
}

export function tokenSpan(tower: ImageTower, tokens: TokenSelection): TokenSpan {
  const count = tokenCount(tower);
  switch (tokens) {
    case 'cls':
      return { start: 0, end: 1, parts: [{ part: 0, from: 0, to: 1 }] };
    case 'patches':
      return { start: 1, end: count, parts: [{ part: 1, from: 0, to: count - 1 }] };
    case 'all':
      return {
        start: 0,
        end: count,
        parts: [
          { part: 0, from: 0, to: 1 },
          { part: 1, from: 1, to: count },
        ],
      };
  }
}
