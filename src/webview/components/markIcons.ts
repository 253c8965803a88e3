import { html, nothing, type TemplateResult } from 'lit';
import type { Annotation } from '../../shared/library';
import { icons } from './icons';

/** What the person says of a component, as icons; `spokenMarks` says the same in words. */
export function markIcons({ mark, pinned }: Annotation): TemplateResult | typeof nothing {
  if (mark === null && !pinned) return nothing;
  return html`${
    mark === null
      ? nothing
      : html`<span class="mark ${mark}" title=${`Marked as ${mark}`}
        >${mark === 'expected' ? icons.check : icons.spurious}</span
      >`
  }${pinned ? html`<span class="mark" title="Pinned">${icons.pin}</span>` : nothing}`;
}
