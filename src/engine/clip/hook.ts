import type { HookPoint, TokenSelection } from '../../shared/hook';
import type { ImageTower } from './architecture';
import type { Half } from './block';
import { embeddingSite, type Site, shapeAt } from './imageTower';

/** Which numbers of the image tower a dictionary decomposes. */
export interface Hook {
  readonly point: HookPoint;
  /** A block, from 0. At `embedding` the last one. */
  readonly layer: number;
  /** At `embedding`, which is one vector, `all`. */
  readonly tokens: TokenSelection;
}

/** What of the step before the site is decomposed: the stream itself, what the step added, or what it computed inside. */
export const decomposed: { readonly [P in HookPoint]: keyof Half } = {
  resid_post: 'x',
  mlp_out: 'written',
  attn_out: 'written',
  neurons: 'inner',
  heads: 'inner',
  embedding: 'x',
};

/** Where what a dictionary writes enters the stream: attributions are derivatives there. */
export function writeSite(tower: ImageTower, { point, layer }: Omit<Hook, 'tokens'>): Site {
  switch (point) {
    case 'attn_out':
    case 'heads':
      return 2 * layer + 1;
    case 'resid_post':
    case 'mlp_out':
    case 'neurons':
      return 2 * layer + 2;
    case 'embedding':
      return embeddingSite(tower);
  }
}

/** Tokens of one image at a hook, whatever its selection, and the widths of what is read and of what is written there. */
export function hookShape(
  tower: ImageTower,
  hook: Omit<Hook, 'tokens'>,
): { readonly tokens: number; readonly read: number; readonly written: number } {
  const { tokens, width } = shapeAt(tower, writeSite(tower, hook));
  return { tokens, read: hook.point === 'neurons' ? tower.mlpWidth : width, written: width };
}
