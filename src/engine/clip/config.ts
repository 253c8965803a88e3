import { ClipsightError } from '../../shared/errors';

export type Activation = 'quick_gelu' | 'gelu' | 'gelu_pytorch_tanh';

export interface TowerConfig {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly epsilon: number;
  readonly activation: Activation;
}

export interface ImageConfig extends TowerConfig {
  readonly imageSize: number;
  readonly patchSize: number;
  /** Patches along each side: floor(imageSize / patchSize), the remainder of the picture is not seen. */
  readonly grid: number;
}

/**
 * Which token's output is the text's: the one with the highest id (`argmax`, of several the first), the first whose
 * id is `token`, or that of the context's last position.
 */
export type Pooling =
  | { readonly kind: 'argmax' }
  | { readonly kind: 'first'; readonly token: number }
  | { readonly kind: 'last' };

export interface TextConfig extends TowerConfig {
  readonly contextLength: number;
  readonly vocabulary: number;
  readonly pooling: Pooling;
  /** Whether a token sees only those before it. */
  readonly causal: boolean;
  /**
   * The id that fills a text up to the context; null where nothing looks at what follows the end of a text. Where the
   * tokenizer has a token for it (tokenizer.ts), that one counts.
   */
  readonly padding: number | null;
}

export interface ClipConfig {
  readonly image: ImageConfig;
  readonly text: TextConfig;
  readonly embeddingSize: number;
}

/** What the model's own software does to a text before its tokenizer sees it: cleanText.ts. */
export type Cleaning = 'none' | 'lower' | 'whitespace' | 'canonicalize';

export interface TextPreparation {
  readonly cleaning: Cleaning;
  /** The token that separates two texts is replaced by 0, as CLIPA's is (open_clip's `strip_sep_token`). */
  readonly separatorIsPadding: boolean;
  /** What fills a text up to the context: the tokenizer's own token, or 0 (open_clip's own tokenizer). */
  readonly padding: 'tokenizer' | 'zero';
}

/** transformers leaves texts to their tokenizer. */
export const asItIs: TextPreparation = { cleaning: 'none', separatorIsPadding: false, padding: 'tokenizer' };

/** `heads`, which must divide the width. `where` names the file, and the part of it. */
export function headsOf(width: number, heads: number, where: string): number {
  if (Number.isInteger(heads) && heads > 0 && width % heads === 0) return heads;
  throw new ClipsightError(
    'checkpoint',
    `${where}: ${heads} attention heads do not divide the width ${width}.`,
    'Compare it with the original, or download it again.',
  );
}

/** Patches along a side. */
export function gridOf(imageSize: number, patchSize: number, where: string): number {
  if (patchSize > imageSize) {
    throw new ClipsightError(
      'checkpoint',
      `${where}: a patch of ${patchSize} pixels does not fit an image of ${imageSize}.`,
      'Compare it with the original, or download it again.',
    );
  }
  return Math.floor(imageSize / patchSize);
}
