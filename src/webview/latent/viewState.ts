import * as z from 'zod';

export const sections = [
  'results',
  'pictures',
  'prompts',
  'scores',
  'activations',
  'where',
  'similar',
  'note',
  'pinned',
] as const;
export type SectionName = (typeof sections)[number];

/** What the inspector remembers about itself when it is hidden or the window reloads. */
export const ViewState = z.strictObject({
  /** Sections that the person closed. */
  closed: z.array(z.enum(sections)).default([]),
});
export type ViewState = z.infer<typeof ViewState>;

/** Reads what an earlier version or a stranger may have written: anything unreadable is the default. */
export function readViewState(memory: unknown): ViewState {
  const read = z.object({ view: ViewState }).safeParse(memory);
  return read.success ? read.data.view : ViewState.parse({});
}

export function withSection(view: ViewState, section: SectionName, open: boolean): ViewState {
  const others = view.closed.filter((name) => name !== section);
  return { ...view, closed: open ? others : [...others, section] };
}
