import type { HookPoint, TokenSelection } from './hook';
import type { DictionaryFormat } from './inspection';

/** A CLIP on the hub. */
export interface KnownModel {
  /** `owner/name`, as a source. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Of the image tower. */
  readonly layers: number;
  /** In bytes, of what would be downloaded; null where nobody has looked. */
  readonly bytes: number | null;
  /** Null where nobody has looked. */
  readonly licence: string | null;
}

/** A dictionary on the hub, and the model whose activations it decomposes. */
export interface KnownDictionary {
  /** `owner/name`, as a source. */
  readonly id: string;
  /** The id of its model. */
  readonly model: string;
  readonly format: DictionaryFormat;
  readonly architecture: string;
  /** Null where the repository holds several. */
  readonly point: HookPoint | null;
  /** Block of the image tower, from 0. */
  readonly layer: number | null;
  readonly tokens: TokenSelection | null;
  /** Number of latents. */
  readonly size: number | null;
  readonly k: number | null;
  /** As its authors report it. */
  readonly reported: {
    /** Share of the variance that it explains, in percent. */
    readonly explained: number;
    /** Mean number of active latents per token. */
    readonly l0: number;
  } | null;
  /** The repository holds several: one must be named, `owner/name/path`. */
  readonly several: boolean;
  readonly bytes: number | null;
  readonly licence: string | null;
}

const dataComp = 'laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K';
const openai = {
  base16: 'openai/clip-vit-base-patch16',
  large14: 'openai/clip-vit-large-patch14',
  large14At336: 'openai/clip-vit-large-patch14-336',
} as const;

/** The models that the dictionaries below belong to. */
export const knownModels: readonly KnownModel[] = [
  model(dataComp, 'CLIP ViT-B/32, DataComp XL', 12),
  model(openai.base16, 'CLIP ViT-B/16, OpenAI', 12),
  model(openai.large14, 'CLIP ViT-L/14, OpenAI', 24),
  model(openai.large14At336, 'CLIP ViT-L/14 at 336 pixels, OpenAI', 24),
];

function model(id: string, name: string, layers: number): KnownModel {
  return { id, name, layers, bytes: null, licence: null };
}

/** Per layer: explained variance in percent (docs/sae_table.md of ViT-Prisma, "Top K SAEs (CLS only, k = 64)"). */
const prismaTopK = [90, 96, 96, 95, 94, 93, 92, 90, 87, 85, 86, 84];

/** Per layer: l1 coefficient, explained variance, L0 (same file, "Vanilla SAEs (All Patches)"). */
const prismaResidual: readonly PrismaRow[] = [
  ['1e-05', 98.6, 1110.9],
  ['1e-05', 98.3, 1508.4],
  ['5e-05', 90.6, 717.84],
  ['1e-05', 98.1, 2053.9],
  ['1e-05', 98.0, 2068.3],
  ['1e-05', 98.1, 1953.8],
  ['1e-05', 98.2, 1717.5],
  ['1e-05', 98.2, 1688.4],
  ['1e-05', 98.2, 1570.8],
  ['1e-05', 98.2, 1533.5],
  ['1e-05', 98.4, 1292.6],
  ['1e-05', 98.4, 1405.0],
];
const prismaMlp: readonly PrismaRow[] = [
  ['1e-05', 98.7, 604.44],
  ['1e-05', 98.4, 1476.8],
  ['1e-05', 98.0, 1799.7],
  ['1e-05', 98.1, 1893.4],
  ['1e-05', 98.1, 1901.2],
  ['1e-05', 98.2, 1761.5],
  ['1e-05', 98.3, 1598.0],
  ['1e-05', 98.2, 1535.3],
  ['1e-05', 97.8, 1074.5],
  ['1e-05', 97.6, 856.68],
  ['1e-05', 98.1, 788.49],
  ['5e-05', 89.7, 748.14],
];
type PrismaRow = readonly [l1: string, explained: number, l0: number];

const unknown = {
  point: null,
  layer: null,
  tokens: null,
  size: null,
  k: null,
  reported: null,
  several: false,
  bytes: null,
  licence: null,
} as const;

/** Those nearest to the paper's setting come first. */
export const knownDictionaries: readonly KnownDictionary[] = [
  ...prismaTopK.map(
    (explained, layer): KnownDictionary => ({
      id: `Prisma-Multimodal/sae-top_k-64-cls_only-layer_${layer}-hook_resid_post`,
      model: dataComp,
      format: 'prisma',
      architecture: 'topk',
      point: 'resid_post',
      layer,
      tokens: 'cls',
      size: null,
      k: 64,
      reported: { explained, l0: 64 },
      several: false,
      bytes: null,
      licence: null,
    }),
  ),
  ...prismaResidual.map((row, layer) => prismaVanilla('resid_post', row, layer)),
  ...prismaMlp.map((row, layer) => prismaVanilla('mlp_out', row, layer)),
  {
    ...unknown,
    id: 'osunlp/SAE_CLIP_24K_ViT-B-16_IN1K',
    model: openai.base16,
    format: 'saev',
    architecture: 'relu',
    point: 'resid_post',
    layer: 10,
  },
  {
    ...unknown,
    ...several('mateuszpach/sae-for-vlm', openai.large14At336, 'dictionary_learning', 'batchtopk'),
  },
  ...[openai.base16, openai.large14].map((id) => ({
    ...unknown,
    ...several('WolodjaZ/MSAE', id, 'msae', 'matryoshka'),
    point: 'embedding' as const,
  })),
];

function prismaVanilla(
  point: 'resid_post' | 'mlp_out',
  [l1, explained, l0]: PrismaRow,
  layer: number,
): KnownDictionary {
  return {
    id: `Prisma-Multimodal/sparse-autoencoder-clip-b-32-sae-vanilla-x64-layer-${layer}-hook_${point}-l1-${l1}`,
    model: dataComp,
    format: 'prisma',
    architecture: 'relu',
    point,
    layer,
    tokens: 'all',
    size: 49_152,
    k: null,
    reported: { explained, l0 },
    several: false,
    bytes: null,
    licence: null,
  };
}

function several(id: string, model: string, format: DictionaryFormat, architecture: string) {
  return { id, model, format, architecture, several: true };
}
