import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { readSafetensors } from '../../src/engine/checkpoint/safetensors';
import type { WeightName } from '../../src/engine/checkpoint/weightFiles';
import type { ElementType } from '../../src/engine/graph/value';
import { safetensorsBytes, type TensorToWrite } from '../support/safetensorsFile';

/** Weights of the random models as PyTorch wrote them: tools/golden/torch_files.py. */
const torchWeights = path.join(__dirname, 'torch/weights');

/**
 * A copy of a model's folder with its weights in another form, to be removed by the caller; for model.safetensors,
 * which it has, the folder itself.
 */
export async function folderWith(model: string, weights: WeightName): Promise<string> {
  if (weights === 'model.safetensors') return model;
  const id = path.basename(model);
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'clipsight-golden-')));
  await cp(model, folder, { recursive: true });
  await rm(path.join(folder, 'model.safetensors'));
  switch (weights) {
    case 'model.safetensors.index.json':
      await writeShards(path.join(model, 'model.safetensors'), folder);
      break;
    case 'pytorch_model.bin':
      await cp(path.join(torchWeights, `${id}.bin`), path.join(folder, weights));
      break;
    case 'pytorch_model.bin.index.json':
      await cp(path.join(torchWeights, `${id}.bin.index.json`), path.join(folder, weights));
      for (const shard of [`${id}-00001-of-00002.bin`, `${id}-00002-of-00002.bin`]) {
        await cp(path.join(torchWeights, shard), path.join(folder, shard));
      }
      break;
  }
  return folder;
}

const dtypes: { readonly [T in ElementType]?: string } = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
};

/** Every other tensor in the second shard, as large models are split. */
async function writeShards(whole: string, folder: string): Promise<void> {
  const { tensors } = await readSafetensors(whole);
  const bytes = await readFile(whole);
  const shards: Record<string, TensorToWrite>[] = [{}, {}];
  const weight_map: Record<string, string> = {};
  for (const [i, [name, { offset, length, type, shape }]] of [...tensors].entries()) {
    const data = bytes.subarray(offset, offset + length);
    shards[i % 2]![name] = { dtype: dtypes[type]!, shape, data };
    weight_map[name] = `model-0000${(i % 2) + 1}-of-00002.safetensors`;
  }
  for (const [i, shard] of shards.entries()) {
    await writeFile(path.join(folder, `model-0000${i + 1}-of-00002.safetensors`), safetensorsBytes(shard));
  }
  await writeFile(
    path.join(folder, 'model.safetensors.index.json'),
    JSON.stringify({ metadata: {}, weight_map }),
  );
}
