import { html, type TemplateResult } from 'lit';

/** A button that is an icon alone; `label` is its tooltip, and what a screen reader calls it. */
export function toolButton(
  label: string,
  icon: TemplateResult,
  enabled: boolean,
  onClick: () => void,
): TemplateResult {
  return html`<button class="icon" title=${label} aria-label=${label} ?disabled=${!enabled} @click=${onClick}>
    ${icon}
  </button>`;
}
