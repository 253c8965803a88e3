import * as z from 'zod';
import { FinderOptions, FoundPrompts, PromptSource } from './foundPrompts';
import type { Protocol } from './rpc/protocol';

/** What the extension asks of the thread that looks for prompts. */
export const finderProtocol = {
  find: {
    request: z.strictObject({
      /** One file; or the cells of a notebook, in their order: names of one are known in those after it. */
      sources: z.array(PromptSource).min(1),
      options: FinderOptions,
    }),
    /** One per source, in order. Ids of groups are unique over all of them. */
    result: z.array(FoundPrompts),
  },
} as const satisfies Protocol;
export type FinderProtocol = typeof finderProtocol;
