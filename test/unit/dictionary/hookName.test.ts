import { expect, test } from 'vitest';
import { hookFromName } from '../../../src/engine/dictionary/formats/hookName';

test.each([
  ['blocks.9.hook_resid_post', 'resid_post', 9],
  ['blocks.9.hook_resid_pre', 'resid_post', 8],
  ['blocks.0.hook_mlp_out', 'mlp_out', 0],
  ['blocks.11.hook_attn_out', 'attn_out', 11],
  ['vision_model.encoder.layers.22', 'resid_post', 22],
  ['encoder.layers.3.mlp', 'mlp_out', 3],
  ['vision_model.encoder.layers.3.self_attn', 'attn_out', 3],
  ['visual.transformer.resblocks.5', 'resid_post', 5],
  ['visual.transformer.resblocks.5.attn', 'attn_out', 5],
  ['visual.trunk.blocks.7', 'resid_post', 7],
  ['layers_4', 'resid_post', 4],
])('%s', (name, point, layer) => {
  expect(hookFromName(name, 'cfg.json', 'hook_name')).toEqual({ point, layer });
});

test.each([
  'blocks.0.hook_resid_pre',
  'blocks.1.hook_resid_mid',
  'blocks.1.attn.hook_z',
  'blocks.1.mlp.hook_post',
  'blocks.1.ln2.hook_normalized',
  'text_model.encoder.layers.3',
  'encoder.layers.3.mlp.fc1',
  'embed_tokens',
  'layers',
  '',
])('%j is refused', (name) => {
  expect(() => hookFromName(name, 'cfg.json', 'hook_name')).toThrow(/^cfg\.json: hook_name .*not supported/);
});
