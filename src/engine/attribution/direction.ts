import type { Direction } from '../../shared/direction';
import { ClipsightError } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import { mean, normalise } from '../numeric/vector';
import type { ScoreDirection } from './score';

/** Where the unit embeddings that directions are made of come from. */
export interface Embeddings {
  text(text: string): Float32Array;
  image(image: ImageSource): Float32Array;
}

/** Every text that the directions are made of, each once. */
export function textsOf(directions: readonly Direction[]): readonly string[] {
  return [
    ...new Set(directions.flatMap(leaves).flatMap((leaf) => (leaf.kind === 'text' ? [leaf.text] : []))),
  ];
}

/** Every image that the directions are made of. */
export function imagesOf(directions: readonly Direction[]): readonly ImageSource[] {
  return directions.flatMap(leaves).flatMap((leaf) => (leaf.kind === 'image' ? [leaf.image] : []));
}

/** The direction's vector in embedding space; shared/direction.ts says what each kind means. */
export function resolveDirection(direction: Direction, embeddings: Embeddings): ScoreDirection {
  if (direction.kind !== 'linear') return { kind: 'cosine', vector: vectorOf(direction, embeddings) };
  const { input, weights, bias } = direction;
  return { kind: input === 'raw' ? 'linear' : 'cosine', vector: Float32Array.from(weights), bias };
}

function vectorOf(direction: Direction, embeddings: Embeddings): Float32Array {
  switch (direction.kind) {
    case 'prompt':
      return embeddings.text(direction.text);
    case 'ensemble':
      return normalise(mean(direction.texts.map((text) => embeddings.text(text))));
    case 'image':
      return embeddings.image(direction.image);
    case 'versus': {
      const against = mean(direction.against.map((other) => vectorOf(other, embeddings)));
      return vectorOf(direction.of, embeddings).map((x, i) => x - against[i]!);
    }
    case 'linear':
      throw new ClipsightError(
        'configuration',
        `${direction.name} is a row of a probe: its score is no cosine, and has no difference with others.`,
        'Compare it by itself.',
      );
  }
}

type Leaf =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly image: ImageSource };

function leaves(direction: Direction): Leaf[] {
  switch (direction.kind) {
    case 'prompt':
      return [{ kind: 'text', text: direction.text }];
    case 'ensemble':
      return direction.texts.map((text) => ({ kind: 'text', text }));
    case 'image':
      return [{ kind: 'image', image: direction.image }];
    case 'linear':
      return [];
    case 'versus':
      return [direction.of, ...direction.against].flatMap(leaves);
  }
}
