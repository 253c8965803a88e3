import * as z from 'zod';

/** Where a prompt stands in the workspace. */
export const PromptPlace = z.strictObject({
  /** Relative to its workspace folder, with slashes. */
  file: z.string(),
  /** In UTF-16 code units from the start of the file (of the cell, in a notebook), when it was audited. */
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
});
export type PromptPlace = z.infer<typeof PromptPlace>;
