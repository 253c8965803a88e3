import type { HookPoint } from '../../shared/inspection';
import type { TokenSelection } from '../../shared/study';

/** Which numbers of the image tower a dictionary decomposes. */
export interface Hook {
  readonly point: HookPoint;
  /** A block, from 0. At `embedding` the last one. */
  readonly layer: number;
  /** At `embedding`, which is one vector, `all`. */
  readonly tokens: TokenSelection;
}
