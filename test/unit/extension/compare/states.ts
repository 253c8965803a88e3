import type { ComparedColumn } from '../../../../src/shared/compareProtocol';

/** A prompt of the view, first of its file. */
export function compareColumn(text: string, direction: string): ComparedColumn {
  return { id: 0, text, scored: text, texts: 1, kind: 'prompt', direction, place: null, draftOf: null };
}
