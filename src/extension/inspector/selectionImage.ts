import type { InspectorState } from '../../shared/inspectorProtocol';
import type { PanelState } from '../../shared/panelProtocol';

type SelectionImage = NonNullable<InspectorState['selection']>['image'];

/**
 * What a component does in an image of a panel, for the prompts that are shown beside it. Null where the panel has not
 * computed it, or for other prompts; of a component that is silent there all numbers are zero.
 */
export function selectionImage(
  { images, prompts }: PanelState,
  image: number,
  component: number,
  shownPrompts: readonly string[],
): SelectionImage {
  const shown = images[image];
  if (shown?.outcome?.kind !== 'analysis') return null;
  if (prompts.length !== shownPrompts.length || prompts.some((prompt, i) => prompt !== shownPrompts[i]))
    return null;
  const { latents, activations, directions } = shown.outcome.analysis;
  const index = latents.indexOf(component);
  return {
    name: shown.name,
    activation: index === -1 ? 0 : activations[index]!,
    attributions: directions.map(({ attributions }) => (index === -1 ? 0 : attributions[index]!)),
  };
}
