import { expect, test } from 'vitest';
import { readClip } from '../../../src/engine/clip/checkpoint';
import { modelCard } from '../../../src/engine/clip/modelCard';
import { ModelCard } from '../../../src/shared/inspection';
import { tinyClipFolder, tinyTensors } from '../../support/tinyClip';
import { openClipFolder, openClipTensors, timmConfig, timmTensors } from '../../support/tinyOpenClip';

const elements = (tensors: typeof tinyTensors) =>
  Object.entries(tensors)
    .filter(([name]) => !/^logit_|position_ids/.test(name))
    .reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0);

test('a card says what a model is', async () => {
  const clip = await readClip(tinyClipFolder());
  const [file = ''] = clip.weightsFiles;
  const card = modelCard(clip, new Map([[file, 1234]]), 'someone/tiny');
  expect(ModelCard.parse(card)).toEqual(card);
  expect(card).toMatchObject({
    ...{ source: 'someone/tiny', format: 'huggingface-clip', layers: 1, width: 6, heads: 2, mlpWidth: 8 },
    ...{ tokens: 5, patch: 4, imageSize: 9, activation: 'quick_gelu', pooling: 'cls', embedding: 3 },
    ...{ context: 5, vocabulary: 7, tokenizer: clip.tokenizerFile, precision: ['float32'], logitBias: null },
    text: { layers: 1, width: 4, heads: 2, activation: 'quick_gelu', causal: true, pooling: 'first' },
    files: [{ path: file, size: 1234 }],
    parameters: elements(tinyTensors),
  });
});

test('the types of the weights come by how many numbers have them', async () => {
  const half = Object.fromEntries(
    Object.entries(openClipTensors).map(([name, tensor]) => [
      name,
      tensor.shape.length === 2 ? { ...tensor, dtype: 'F16' } : tensor,
    ]),
  );
  const card = modelCard(await readClip(openClipFolder(half, null)), new Map());
  expect(card.precision).toEqual(['float16', 'float32']);
  expect(card.parameters).toBe(elements(openClipTensors));
  expect(card.notes).not.toEqual([]);
});

test('a tower without a class token has a token per patch', async () => {
  const card = modelCard(await readClip(openClipFolder(timmTensors, timmConfig)), new Map());
  expect(card).toMatchObject({ tokens: 4, pooling: 'attention', logitBias: -10, tokenizer: null });
  expect(card.parameters).toBe(elements(timmTensors));
});
