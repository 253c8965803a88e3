import * as z from 'zod';
import { orderings, signs } from './components';
import { mapSights } from './mapKinds';

export const limits = ['10', '20', '50', '100', 'all'] as const;

/** What the panel remembers about itself when it is hidden or the window reloads. */
export const ViewState = z.strictObject({
  image: z.int().nonnegative().default(0),
  prompt: z.int().nonnegative().default(0),
  versus: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('own') }),
      z.strictObject({ kind: z.literal('prompt'), text: z.string() }),
      z.strictObject({ kind: z.literal('others') }),
    ])
    .default({ kind: 'own' }),
  ordering: z
    .strictObject({ by: z.enum(orderings), descending: z.boolean() })
    .default({ by: 'share', descending: true }),
  limit: z.enum(limits).default('20'),
  sign: z.enum(signs).default('any'),
  /** What is drawn over the picture, and how. */
  map: z
    .strictObject({ sight: z.enum(mapSights), smooth: z.boolean(), opacity: z.number().min(0).max(1) })
    .default({ sight: 'off', smooth: false, opacity: 0.8 }),
});
export type ViewState = z.infer<typeof ViewState>;

/** Reads what an earlier version or a stranger may have written: anything unreadable is the default. */
export function readViewState(memory: unknown): ViewState {
  const read = z.object({ view: ViewState }).safeParse(memory);
  return read.success ? read.data.view : ViewState.parse({});
}
