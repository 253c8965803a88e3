import * as z from 'zod';

/** Which tokens of the image tower. At `embedding`, which is one vector, `all`. */
export const TokenSelection = z.enum(['cls', 'patches', 'all']);
export type TokenSelection = z.infer<typeof TokenSelection>;

/**
 * What a dictionary decomposes: the residual stream after a block; what the block's MLP or its attention writes into
 * it; the MLP's activations; what each attention head writes; or the raw image embedding.
 */
export const HookPoint = z.enum(['resid_post', 'mlp_out', 'attn_out', 'neurons', 'heads', 'embedding']);
export type HookPoint = z.infer<typeof HookPoint>;
