import * as z from 'zod';
import { Intervention } from '../../shared/intervention';
import { Method } from '../../shared/measurement';
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
  /** What bars show. */
  method: Method.default('activation-gradient'),
  /** Whether every component's effect is measured; null where the person left it to how long that takes. */
  measured: z.boolean().nullable().default(null),
  /** What is changed in the model of a study, by its AnalysisKey. */
  changes: z.strictObject({ key: z.string(), intervention: Intervention }).nullable().default(null),
});
export type ViewState = z.infer<typeof ViewState>;

/** Reads what an earlier version or a stranger may have written: anything unreadable is the default. */
export function readViewState(memory: unknown): ViewState {
  const read = z.object({ view: ViewState }).safeParse(memory);
  return read.success ? read.data.view : ViewState.parse({});
}
