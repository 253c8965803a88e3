import * as z from 'zod';
import { everything, Filter, Ordering } from './findings';

/** What the page remembers about itself when it is hidden or the window reloads. */
export const ViewState = z.strictObject({
  ordering: Ordering.default({ by: 'score', descending: true }),
  filter: Filter.default(everything),
  /** Which of the two is shown where there are two audits. */
  sideBySide: z.boolean().default(true),
});
export type ViewState = z.infer<typeof ViewState>;

/** Reads what an earlier version or a stranger may have written: anything unreadable is the default. */
export function readViewState(memory: unknown): ViewState {
  const read = z.object({ view: ViewState }).safeParse(memory);
  return read.success ? read.data.view : ViewState.parse({});
}
