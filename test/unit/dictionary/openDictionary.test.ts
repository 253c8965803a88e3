import { describe, expect, test } from 'vitest';
import { embeddingSize } from '../../../src/engine/clip/imageTower';
import { hookRecord } from '../../../src/engine/dictionary/openDictionary';
import type { DictionaryRecord, TrainedHook } from '../../../src/engine/dictionary/record';
import { ClipsightError } from '../../../src/shared/errors';
import { RandomWeights, randomImageTower } from '../../support/randomClip';
import { randomDictionary } from '../../support/randomDictionary';
import { temporaryFolder } from '../../support/temporaryFolder';
import { randomNumbers } from '../graph/numbers';

/** A tower of two blocks. */
function checkpointOf() {
  const image = randomImageTower(new RandomWeights('/none/weights', 1), {
    pooling: 'cls',
    cls: true,
    preNorm: true,
    patchBias: false,
    projection: 'plain',
    activation: 'gelu',
  });
  return { id: 'CLIP-ViT-B-32-tiny', image, embeddingSize: embeddingSize(image) };
}

function recordOf(
  width: number,
  hook: Partial<TrainedHook>,
  trainedOn: string | null = null,
): DictionaryRecord {
  const { record } = randomDictionary(
    temporaryFolder(),
    { width, size: 2, activation: 'relu' },
    randomNumbers(1),
  );
  return { ...record, trainedOn, hook: { point: 'resid_post', layer: 1, tokens: 'cls', ...hook } };
}

describe('a dictionary is hooked', () => {
  const checkpoint = checkpointOf();
  const { width } = checkpoint.image;

  test('where it was trained', () => {
    const { hook, notes } = hookRecord(recordOf(width, { layer: -2, tokens: 'patches' }), {}, checkpoint);
    expect(hook).toEqual({ point: 'resid_post', layer: 0, tokens: 'patches' });
    expect(notes).toEqual([]);
  });

  test('where the request says, which is worth a note where that is elsewhere', () => {
    const record = recordOf(width, {});
    expect(hookRecord(record, { layer: -1, tokens: 'cls' }, checkpoint).notes).toEqual([]);
    const { hook, notes } = hookRecord(record, { layer: 0, tokens: 'all' }, checkpoint);
    expect(hook).toEqual({ point: 'resid_post', layer: 0, tokens: 'all' });
    expect(notes.join()).toContain('trained on cls tokens after block 1; it is used on all after block 0');
  });

  test('where the request says if its files are silent, and nowhere if both are', () => {
    const silent = recordOf(width, { point: 'mlp_out', layer: null, tokens: null });
    const { hook, notes } = hookRecord(silent, { layer: 1, tokens: 'all' }, checkpoint);
    expect(hook).toEqual({ point: 'mlp_out', layer: 1, tokens: 'all' });
    expect(notes.join()).toContain('the block 1 and the choice of all tokens come from the settings');
    expectError(() => hookRecord(silent, { tokens: 'all' }, checkpoint), '--layer', 'clipsight.json');
    expectError(() => hookRecord(silent, { layer: 1 }, checkpoint), '--tokens', 'clipsight.json');
  });

  test('at the embedding wherever the request says', () => {
    const record = recordOf(checkpoint.embeddingSize, { point: 'embedding', layer: null, tokens: null });
    const { hook } = hookRecord(record, { layer: 0, tokens: 'cls' }, checkpoint);
    expect(hook).toEqual({ point: 'embedding', layer: 1, tokens: 'all' });
  });

  test('nowhere in a model of another width, or beyond its blocks', () => {
    expectError(
      () => hookRecord(recordOf(width + 1, {}), {}, checkpoint),
      `width ${width + 1}`,
      `width ${width}`,
    );
    expectError(() => hookRecord(recordOf(width, { layer: 2 }), {}, checkpoint), 'Layer 2 is out of range');
    const wide = recordOf(checkpoint.embeddingSize + 1, { point: 'embedding' });
    expectError(() => hookRecord(wide, {}, checkpoint), 'an image embedding of width');
  });

  test.each([
    ['laion/CLIP-ViT-B-32-tiny', 0],
    ['open-clip:laion/CLIP-ViT-B-32-tiny', 0],
    ['clip_vit_b_32_tiny', 0],
    ['openai/clip-vit-large-patch14', 1],
  ])('with a note where it names another model: %s', (name, count) => {
    expect(hookRecord(recordOf(width, {}, name), {}, checkpoint).notes).toHaveLength(count);
  });
});

function expectError(work: () => unknown, ...parts: readonly string[]): void {
  let thrown: unknown;
  try {
    work();
  } catch (reason) {
    thrown = reason;
  }
  expect(thrown).toBeInstanceOf(ClipsightError);
  const { code, message, remedy } = thrown as ClipsightError;
  expect(code).toBe('dictionary');
  for (const part of parts) expect(`${message} ${remedy}`).toContain(part);
}
