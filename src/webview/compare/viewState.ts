import * as z from 'zod';

/** By what components are ordered: what matters most to any prompt, what tells them apart most, or one prompt. */
export const Ordering = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('largest') }),
  z.strictObject({ by: z.literal('spread') }),
  /** By the signed attribution of a column; descending begins with what speaks most for it. */
  z.strictObject({ by: z.literal('column'), column: z.int().nonnegative(), descending: z.boolean() }),
]);
export type Ordering = z.infer<typeof Ordering>;

/** What the page remembers about itself when it is hidden or the window reloads. */
export const ViewState = z.strictObject({
  ordering: Ordering.default({ by: 'largest' }),
  /** Rows of components, and of the difference. */
  rows: z.int().positive().default(15),
  differenceRows: z.int().positive().default(10),
});
export type ViewState = z.infer<typeof ViewState>;

/** Reads what an earlier version or a stranger may have written: anything unreadable is the default. */
export function readViewState(memory: unknown): ViewState {
  const read = z.object({ view: ViewState }).safeParse(memory);
  return read.success ? read.data.view : ViewState.parse({});
}
