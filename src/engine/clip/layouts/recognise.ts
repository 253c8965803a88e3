import { ClipsightError } from '../../../shared/errors';
import type { ModelFormat } from '../../../shared/modelFormat';
import { shapeOf, type TensorFile, tensorNames } from '../../checkpoint/tensors';
import { supportedModels } from '../supported';

/** Models that are not supported, by names of tensors that only they have. The first that fits names the model. */
const others: readonly (readonly [RegExp, string])[] = [
  [/^image_encoder\.model\./, "Apple's MobileCLIP, a convolutional hybrid, in Apple's own layout"],
  [/^visual\.(layer1|attnpool)\./, 'a CLIP with a ModifiedResNet (RN50, RN101, RN50x4 …)'],
  [/^(multimodal_decoder|text_decoder)\.|^(text\.)?cls_emb$/, 'a CoCa'],
  [
    /^visual\.attn_pool(_contrastive)?\.(query|ln_[qk]\.|attn\.)/,
    'a CoCa, whose image tower ends in attentional pooling',
  ],
  [/^visual\.attn_pool\.probe$/, 'a Perception Encoder (PE) in its own layout'],
  [
    /^text\.transformer\.(?!resblocks)|^text\.(proj|pooler)\./,
    'a CLIP with a text tower of transformers (RoBERTa, XLM-R, mT5, NLLB …)',
  ],
  [/^visual\.trunk\..*(token_mixer|\.reparam|conv_kxk)/, 'a MobileCLIP, a convolutional hybrid (FastViT)'],
  [/^visual\.trunk\.stages\..*conv_dw/, 'a CLIP with a ConvNeXt'],
  [/^visual\.trunk\.patch_embed\.backbone\./, 'a CLIP with a convolutional hybrid (ViTamin, MobileCLIP-B)'],
  [/^visual\.trunk\.layers\./, 'a CLIP with a Swin transformer'],
  [
    /^visual\.(trunk\.)?(rope|blocks\.\d+\.(attn\.(q_bias|v_bias|q_proj|inner_attn_ln|rope)|mlp\.(fc1_g|w1|w2|ffn_ln)))/,
    'an EVA-CLIP',
  ],
  [/^visual\.blocks\./, 'an EVA-CLIP in its own layout'],
  [/^visual\.trunk\..*rel_pos/, 'a CLIP with relative positions'],
  [/^visual_encoder\.|^(vision_proj|itm_head)\.|^qformer\./, 'a BLIP'],
  [
    /^text_model\.(roberta\.)?embeddings\.word_embeddings\./,
    'a CLIP with a BERT for its text tower (Chinese-CLIP, AltCLIP …)',
  ],
];

/**
 * Whose layout these are the weights of, told by the names and shapes of the tensors.
 *
 * @throws ClipsightError `checkpoint`, naming the model where it is known and not supported.
 */
export function recognise(source: TensorFile): ModelFormat {
  const names = tensorNames(source);
  for (const [pattern, what] of others) {
    const name = names.find((name) => pattern.test(name));
    if (name !== undefined) throw refusal(source, `holds ${what} ("${name}"), which is not supported.`);
  }
  const all = new Set(names);
  const hasRoot = (root: string): boolean => names.some((name) => name.startsWith(root));
  if (hasRoot('vision_model.') || hasRoot('text_model.')) {
    if (!hasRoot('text_model.')) throw half(source, 'image');
    if (!hasRoot('vision_model.')) throw half(source, 'text');
    if (!hasRoot('vision_model.head.')) return 'huggingface-clip';
    if (shapeOf(source, 'vision_model.embeddings.patch_embedding.weight')?.length === 2) {
      throw refusal(source, 'holds a SigLIP 2 of any resolution (NaFlex), which is not supported.');
    }
    return 'huggingface-siglip';
  }
  const hasText = all.has('token_embedding.weight') || all.has('text.token_embedding.weight');
  if (all.has('visual.conv1.weight') || all.has('visual.trunk.patch_embed.proj.weight')) {
    if (!hasText) throw half(source, 'image');
    if (all.has('visual.trunk.patch_embed.proj.weight')) return 'timm';
    return all.has('input_resolution') ? 'openai' : 'open_clip';
  }
  if (hasText) throw half(source, 'text');
  const some = names.slice(0, 3).map((name) => `"${name}"`);
  throw refusal(source, `holds no CLIP that is known here: its tensors are called ${some.join(', ')} ….`);
}

/** What wrapping a model adds to all of its names: data-parallel training, torch.compile, a module that holds it. */
const wrappers = ['module.', '_orig_mod.', 'model.', 'clip_model.', 'clip.'];

/** The same tensors without a prefix that all of them have. */
export function unwrapped(source: TensorFile): TensorFile {
  const names = tensorNames(source);
  const prefix = wrappers.find(
    (prefix) => names.length > 0 && names.every((name) => name.startsWith(prefix)),
  );
  if (prefix === undefined) return source;
  const renamed = <T>(entries: Iterable<readonly [string, T]>): ReadonlyMap<string, T> =>
    new Map([...entries].map(([name, value]) => [name.slice(prefix.length), value]));
  return unwrapped({
    ...source,
    tensors: renamed(source.tensors),
    unsupported: renamed(source.unsupported),
    columns: renamed(source.columns ?? []),
  });
}

function half(source: TensorFile, tower: 'image' | 'text'): ClipsightError {
  return refusal(source, `holds only the ${tower} tower of a CLIP: a score needs both.`);
}

function refusal({ path, owner }: TensorFile, what: string): ClipsightError {
  return new ClipsightError(owner, `${path} ${what}`, supportedModels);
}
