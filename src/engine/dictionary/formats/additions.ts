import { join } from 'node:path';
import * as z from 'zod';
import { ClipsightError } from '../../../shared/errors';
import { HookPoint, TokenSelection } from '../../../shared/hook';
import { canonicalJson } from '../../checkpoint/canonicalJson';
import { type FileIdentity, identify, noFile } from '../../checkpoint/fileIdentity';
import { parseJson, readJson } from '../../checkpoint/files';
import type { Normalization, TrainedHook } from '../record';
import { namedNormalizations } from './normalizations';
import { unsupported } from './refusal';

export const additionsName = 'clipsight.json';

const AdditionsJson = z.strictObject({
  point: HookPoint.extract(['resid_post', 'mlp_out', 'attn_out', 'embedding']).optional(),
  layer: z.int().optional(),
  tokens: TokenSelection.optional(),
  k: z.int().positive().optional(),
  model: z.string().optional(),
  normalize: z
    .union([
      z.enum(['none', 'layer_norm', 'constant_norm_rescale']),
      z.strictObject({ scale: z.number().positive() }),
    ])
    .optional(),
});

/** What a person wrote in `clipsight.json` beside the files of a dictionary, because those do not say it. */
export type Additions = z.infer<typeof AdditionsJson> & {
  /** Absolute; it need not exist. */
  readonly path: string;
  readonly watched: readonly FileIdentity[];
};

export async function readAdditions(folder: string, files: ReadonlySet<string>): Promise<Additions> {
  const path = join(folder, additionsName);
  // It is watched where it is missing, too: people write it since a study told them to.
  if (!files.has(additionsName)) return { path, watched: [noFile(path)] };
  const watched = [await identify(path, 'dictionary')];
  return {
    ...parseJson(AdditionsJson, await readJson(path, 'dictionary'), path, 'dictionary'),
    path,
    watched,
  };
}

/** What the file says or, where it is silent (null), what was added; null where both are. */
export function agreed<T>(key: string, said: T | null, added: T | undefined, { path }: Additions): T | null {
  if (said === null || added === undefined) return said ?? added ?? null;
  if (canonicalJson(said) === canonicalJson(added)) return said;
  throw new ClipsightError(
    'dictionary',
    `${path} says ${key} ${JSON.stringify(added)}, but the dictionary’s own files say ${JSON.stringify(said)}.`,
    `Remove "${key}" there, or choose layer and tokens in the settings, which take precedence.`,
  );
}

/** What the files say of where a dictionary was trained; null where they do not. */
export type SaidHook = { readonly [K in keyof TrainedHook]: TrainedHook[K] | null };

/** Where neither says at which point, it is that of most dictionaries: to be told to whoever uses it. */
export function hookOf(said: SaidHook, added: Additions): TrainedHook {
  const point = agreed('point', said.point, added.point, added) ?? 'resid_post';
  if (point === 'embedding') {
    const key = (['layer', 'tokens'] as const).find((each) => added[each] !== undefined);
    if (key !== undefined) {
      throw unsupported(added.path, key, added[key], `no ${key}: the image embedding is one vector`);
    }
    return { point, layer: null, tokens: null };
  }
  return {
    point,
    layer: agreed('layer', said.layer, added.layer, added),
    tokens: agreed('tokens', said.tokens, added.tokens, added),
  };
}

/** Null where the file is silent: only what was added then counts, and what is not added is not there. */
export function normalizationOf(
  said: readonly Normalization[] | null,
  added: Additions,
): readonly Normalization[] | null {
  const normalize = added.normalize === undefined ? undefined : normalizationFrom(added.normalize);
  return agreed('normalize', said, normalize, added);
}

function normalizationFrom(normalize: NonNullable<Additions['normalize']>): readonly Normalization[] {
  if (typeof normalize !== 'string') return [{ kind: 'affine', mean: null, scale: normalize.scale }];
  return namedNormalizations.get(normalize)!;
}
