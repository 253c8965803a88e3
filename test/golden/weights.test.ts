import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { readWeightFiles, type WeightName } from '../../src/engine/checkpoint/weightFiles';
import { openModel } from '../../src/engine/model';
import { modelOnCpu } from '../../src/engine/runtime/sessions';
import { folderWith } from './otherWeights';
import { root } from './references';

/** What the numbers in attribution.test.ts cannot tell of the weights they are made from. */
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function copyOf(id: string, weights: WeightName): Promise<string> {
  const folder = await folderWith(path.join(root, 'test/golden/models', id), weights);
  folders.push(folder);
  return folder;
}

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

async function hashOf(folder: string): Promise<string> {
  const model = await openModel(folder, { hashes: new HashCache(null), placeTowers: () => modelOnCpu(1) });
  await model.release();
  return model.info.sha256;
}

describe('weights', () => {
  it('packed by another tool than PyTorch lie at odd offsets', async () => {
    const folder = await copyOf('tiny-tanh-bf16', 'pytorch_model.bin');
    const { source } = await readWeightFiles(path.join(folder, 'pytorch_model.bin'));
    const offsets = [...source.tensors.values()].map(({ offset }) => offset);
    expect(offsets.filter((offset) => offset % 2 === 1).length).toBeGreaterThan(10);
  });

  it('in one file are named by its hash', async () => {
    const folder = await copyOf('tiny-gelu-fp32', 'pytorch_model.bin');
    expect(await hashOf(folder)).toBe(sha256(await readFile(path.join(folder, 'pytorch_model.bin'))));
  });

  it('in several files are named by the hash of their hashes, sorted', async () => {
    const folder = await copyOf('tiny-quick-fp16', 'pytorch_model.bin.index.json');
    const { files } = await readWeightFiles(path.join(folder, 'pytorch_model.bin.index.json'));
    expect(files).toHaveLength(2);
    const hashes = await Promise.all(files.map(async (file) => sha256(await readFile(file))));
    expect(await hashOf(folder)).toBe(sha256(hashes.toSorted().join('\n')));
  });
});
