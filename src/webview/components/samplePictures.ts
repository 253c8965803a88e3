import { html, type TemplateResult } from 'lit';
import type { ComponentSummary } from '../../shared/library';
import './thumbnail';
import type { Thumbnails } from './thumbnails';

/** The first `most` pictures that a component fires in; as many skeletons while nothing is known of it. */
export function samplePictures(
  summary: ComponentSummary | undefined,
  thumbnails: Thumbnails,
  most: number,
): readonly TemplateResult[] {
  return summary === undefined
    ? Array.from({ length: most }, () => html`<span class="skeleton"></span>`)
    : summary.samples
        .slice(0, most)
        .map(
          (picture) =>
            html`<clipsight-thumbnail .thumbnails=${thumbnails} .picture=${picture} view="crop"></clipsight-thumbnail>`,
        );
}
