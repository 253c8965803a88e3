import * as z from 'zod';

/** Whose layout the weights of a model are in, told by the names of their tensors. */
export const ModelFormat = z.enum(['huggingface-clip', 'huggingface-siglip', 'open_clip', 'openai', 'timm']);
export type ModelFormat = z.infer<typeof ModelFormat>;
