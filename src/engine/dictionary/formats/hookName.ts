import type { HookPoint } from '../../../shared/hook';
import { unsupported } from './refusal';

export interface NamedHook {
  readonly point: Extract<HookPoint, 'resid_post' | 'mlp_out' | 'attn_out'>;
  readonly layer: number;
}

const supported =
  'the residual stream after a block, and what its MLP or its attention writes (hook_resid_post, hook_resid_pre, hook_mlp_out, hook_attn_out)';

/** Of a module of a tower: what it gives is what is read. Names of open_clip, transformers and timm. */
const modulePath =
  /^(?:.*\.)?(?:encoder\.layers|resblocks|layers|blocks)[._](\d+)(?:\.(mlp|attn|self_attn))?$/;

/**
 * The place that a name of TransformerLens or Prisma (`blocks.9.hook_mlp_out`) or the path of a module
 * (`vision_model.encoder.layers.9`) means.
 *
 * @throws ClipsightError `dictionary` where it is one that nothing here reads: normed activations, heads, a text tower.
 */
export function hookFromName(name: string, file: string, key: string): NamedHook {
  const hook = /^blocks\.(\d+)\.(.+)$/.exec(name);
  if (hook?.[2]?.startsWith('hook_')) return hookFromSubtype(hook[2], Number(hook[1]), file, key);
  const module = /text/i.test(name) ? null : modulePath.exec(name);
  if (module === null) throw unsupported(file, key, name, supported);
  const layer = Number(module[1]);
  switch (module[2]) {
    case undefined:
      return { point: 'resid_post', layer };
    case 'mlp':
      return { point: 'mlp_out', layer };
    default:
      return { point: 'attn_out', layer };
  }
}

/** `hook_resid_pre` of a block is what the block before leaves. */
export function hookFromSubtype(subtype: string, layer: number, file: string, key: string): NamedHook {
  switch (subtype) {
    case 'hook_resid_post':
      return { point: 'resid_post', layer };
    case 'hook_resid_pre':
      if (layer >= 1) return { point: 'resid_post', layer: layer - 1 };
      throw unsupported(file, key, `${subtype} of block 0`, supported);
    case 'hook_mlp_out':
      return { point: 'mlp_out', layer };
    case 'hook_attn_out':
      return { point: 'attn_out', layer };
    default:
      throw unsupported(file, key, subtype, supported);
  }
}
