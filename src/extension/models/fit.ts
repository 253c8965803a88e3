import type { DictionaryCard, ModelCard } from '../../shared/inspection';
import { blockOf } from './reference';

/** What keeps a dictionary from being hooked into a model. */
export type Misfit =
  | { readonly kind: 'width'; readonly reads: number; readonly has: number }
  | { readonly kind: 'layer'; readonly layer: number; readonly layers: number };

/** Whether a dictionary can be hooked into a model, as far as the two cards tell; null if so. */
export function misfit(dictionary: DictionaryCard, model: ModelCard): Misfit | null {
  const has = widthOf(dictionary, model);
  if (dictionary.input !== has) return { kind: 'width', reads: dictionary.input, has };
  const { layer } = dictionary;
  if (layer !== null && dictionary.point !== 'embedding' && blockOf(layer, model.layers) === null) {
    return { kind: 'layer', layer, layers: model.layers };
  }
  return null;
}

/** Width of what a dictionary decomposes, in a model. */
function widthOf({ point }: DictionaryCard, model: ModelCard): number {
  switch (point) {
    case 'resid_post':
    case 'mlp_out':
    case 'attn_out':
    case 'heads':
      return model.width;
    case 'neurons':
      return model.mlpWidth;
    case 'embedding':
      return model.embedding;
  }
}
