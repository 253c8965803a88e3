import { ClipsightError } from '../../../shared/errors';
import { demand, demandMatrix, rows, type TensorFile, tensorNames } from '../../checkpoint/tensors';
import type { StoredTensor } from '../../graph/value';
import type { Affine } from '../architecture';
import { supportedModels } from '../supported';

/**
 * Gives the tensors of a checkpoint their places, each to one. What is taken must be there with exactly its shape
 * (ClipsightError `checkpoint`); at the end, nothing may be left over that would change the model.
 */
export interface Assignment {
  has(name: string): boolean;
  vector(name: string, ...shape: readonly number[]): StoredTensor;
  /** Stored with axes of length 1 in front, given without them. */
  squeezed(name: string, axes: number, ...shape: readonly number[]): StoredTensor;
  /** `name.weight` and `name.bias`, [width] each. */
  norm(name: string, width: number): Affine;
  /** `name.weight` [outputs, inputs] and `name.bias` [outputs]. */
  linear(name: string, inputs: number, outputs: number): Affine;
  /** A matrix [outputs, inputs] without bias. */
  matrix(name: string, inputs: number, outputs: number): Affine;
  /** A matrix [inputs, outputs], that vectors are multiplied with from the left: x·W. */
  rightMatrix(name: string, inputs: number, outputs: number): Affine;
  /** Linear maps of the same inputs, their rows one after the other: [parts·width, width] and [parts·width]. */
  stacked(weight: string, bias: string, parts: number, width: number): readonly Affine[];
  /** @throws ClipsightError where a tensor was not taken and is not `ignored`. */
  finish(ignored: (name: string) => boolean): void;
}

export function assign(source: TensorFile): Assignment {
  const used = new Set<string>();
  const vector = (name: string, ...shape: readonly number[]): StoredTensor => {
    used.add(name);
    return demand(source, name, shape);
  };
  const matrix = (name: string, inputs: number, outputs: number): Affine => {
    used.add(name);
    const { stored, transposed } = demandMatrix(source, name, [outputs, inputs]);
    return { weight: stored, bias: null, ...(transposed && { transposed }) };
  };
  return {
    has: (name) => source.tensors.has(name) || source.columns?.has(name) || source.unsupported.has(name),
    vector,
    squeezed: (name, axes, ...shape) => {
      const ones = Array.from({ length: axes }, () => 1);
      return { ...vector(name, ...ones, ...shape), shape };
    },
    norm: (name, width) => ({
      weight: vector(`${name}.weight`, width),
      bias: vector(`${name}.bias`, width),
    }),
    linear: (name, inputs, outputs) => ({
      ...matrix(`${name}.weight`, inputs, outputs),
      bias: vector(`${name}.bias`, outputs),
    }),
    matrix,
    rightMatrix: (name, inputs, outputs) => {
      used.add(name);
      const { stored, transposed } = demandMatrix(source, name, [inputs, outputs]);
      return { weight: stored, bias: null, ...(!transposed && { transposed: true }) };
    },
    stacked: (weightName, biasName, parts, width) => {
      const weight = vector(weightName, parts * width, width);
      const bias = vector(biasName, parts * width);
      return Array.from({ length: parts }, (_, i) => ({
        weight: rows(weight, i * width, (i + 1) * width),
        bias: rows(bias, i * width, (i + 1) * width),
      }));
    },
    finish: (ignored) => {
      const unused = tensorNames(source).filter((name) => !used.has(name) && !ignored(name));
      if (unused.length > 0) throw leftOver(source, unused);
    },
  };
}

/** Parts that change what a plain CLIP computes, by how their tensors are named in open_clip and timm. */
const parts: readonly (readonly [RegExp, string])[] = [
  [/\battn\.(ln_[qk]|[qk]_norm)\./, 'normalises queries and keys (qk_norm)'],
  [/\battn\.logit_scale$/, 'uses scaled cosine attention'],
  [/\battn\.head_scale$/, 'scales attention heads'],
  [/\b(ln_attn|attn\.ln_inner|attn\.norm|mlp\.ln|mlp\.norm)\./, 'has further norms inside its blocks'],
  [/\bls_?[12]\.gamma$/, 'has LayerScale, which its configuration does not mention'],
  [/\breg_token$/, 'has register tokens'],
  [/\bln_pre\.|\bnorm_pre\./, 'has a norm before its first block, which its configuration does not mention'],
  [/(^|\.)lora_|\.lora_[AB]\b/, 'has LoRA adapters that are not merged'],
  [/^positional_embedding_res$/, 'is a Long-CLIP with stretched text positions'],
  [/prompt_learner|\bprompt/, 'has learned prompts'],
];

function leftOver({ path }: TensorFile, unused: readonly string[]): ClipsightError {
  for (const [pattern, what] of parts) {
    const name = unused.find((name) => pattern.test(name));
    if (name !== undefined) {
      return new ClipsightError(
        'checkpoint',
        `${path} ${what} ("${name}"), which is not supported.`,
        supportedModels,
      );
    }
  }
  return new ClipsightError(
    'checkpoint',
    `${path} holds ${unused.length} tensors that have no place in the model: "${unused[0]}" is one.`,
    'Check that the weights and their configuration belong together and are a plain CLIP or SigLIP.',
  );
}
