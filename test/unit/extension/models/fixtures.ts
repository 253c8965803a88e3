import type { Memento } from 'vscode';
import type { Row } from '../../../../src/extension/models/row';
import type { DictionaryCard, ModelCard } from '../../../../src/shared/inspection';
import type { SelfTest } from '../../../../src/shared/selfTest';

export function modelCard(change: Partial<ModelCard> = {}): ModelCard {
  return {
    kind: 'model',
    id: 'vit-b-32',
    source: '/models/vit-b-32',
    format: 'huggingface-clip',
    layers: 12,
    width: 768,
    heads: 12,
    mlpWidth: 3072,
    tokens: 50,
    patch: 32,
    imageSize: 224,
    activation: 'quick_gelu',
    pooling: 'cls',
    preprocess: {
      family: 'CLIPImageProcessor',
      resize: 'shortest edge',
      size: { width: 224, height: 224 },
      crop: { width: 224, height: 224 },
      interpolation: 'bicubic',
      mean: [0.48145466, 0.4578275, 0.40821073],
      std: [0.26862954, 0.26130258, 0.27577711],
    },
    embedding: 512,
    context: 77,
    vocabulary: 49408,
    text: {
      layers: 12,
      width: 512,
      heads: 8,
      activation: 'quick_gelu',
      causal: true,
      pooling: 'end of text',
    },
    tokenizer: 'tokenizer.json',
    precision: ['F32'],
    parameters: 151_277_313,
    logitScale: 100,
    logitBias: null,
    files: [
      { path: '/models/vit-b-32/model.safetensors', size: 605_247_071 },
      { path: '/models/vit-b-32/config.json', size: 4186 },
    ],
    notes: [],
    ...change,
  };
}

export function dictionaryCard(change: Partial<DictionaryCard> = {}): DictionaryCard {
  return {
    kind: 'dictionary',
    id: 'sae',
    source: '/saes/sae.pt',
    format: 'saev',
    architecture: 'topk',
    size: 24_576,
    input: 768,
    point: 'resid_post',
    layer: 10,
    tokens: 'cls',
    k: 32,
    normalize: 'none',
    subtractsDecoderBias: true,
    model: 'openai/clip-vit-base-patch32',
    precision: ['F32'],
    files: [{ path: '/saes/sae.pt', size: 151_000_000 }],
    notes: [],
    ...change,
  };
}

export function selfTest(change: Partial<SelfTest> = {}): SelfTest {
  return {
    images: 64,
    vectors: 3136,
    taken: {
      subtractsDecoderBias: true,
      transposed: false,
      fvu: 0.0814,
      scaledFvu: 0.0811,
      cosine: 0.963,
      l0: 31.97,
      dead: 0.1234,
    },
    others: [],
    judgedBy: 'fvu',
    verdict: 'good',
    notes: [],
    ...change,
  };
}

/** What a person reads, row by row. */
export function read(rows: readonly Row[]): string[] {
  return rows.map(({ label, description }) =>
    (description === undefined ? label : `${label}: ${description}`).replaceAll('\u00a0', ' '),
  );
}

export function row(rows: readonly Row[], id: string): Row {
  const found = rows.find((other) => other.id === id);
  if (found === undefined) throw new Error(`There is no row ${id}.`);
  return found;
}

export function testMemento(values: Record<string, unknown> = {}): Memento {
  const kept = new Map(Object.entries(values));
  return {
    keys: () => [...kept.keys()],
    get: <T>(key: string, fallback?: T) => (kept.has(key) ? structuredClone(kept.get(key)) : fallback) as T,
    update: async (key, value) => {
      kept.set(key, structuredClone(value));
    },
  };
}
