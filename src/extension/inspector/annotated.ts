import type { InspectorState } from '../../shared/inspectorProtocol';
import type { Annotation, ComponentSummary, Neighbour } from '../../shared/library';

/** The state with what a person wrote about a component, wherever that is shown. */
export function annotated(state: InspectorState, component: number, annotation: Annotation): InspectorState {
  const summary = (shown: ComponentSummary): ComponentSummary =>
    shown.component === component ? { ...shown, annotation } : shown;
  const neighbours = (all: readonly Neighbour[]) =>
    all.map((neighbour) => ({ ...neighbour, component: summary(neighbour.component) }));
  const { selection, search, pinned } = state;
  const card = selection?.card && {
    ...selection.card,
    summary: summary(selection.card.summary),
    nearest: {
      inMeaning: neighbours(selection.card.nearest.inMeaning),
      inActivation: neighbours(selection.card.nearest.inActivation),
    },
  };
  const hits = search?.hits?.map((hit) => ({ ...hit, component: summary(hit.component) })) ?? null;
  return {
    ...state,
    selection: selection && { ...selection, card: card ?? null },
    search: search && { ...search, hits },
    pinned: pinned.map(summary).filter((shown) => shown.annotation.pinned),
  };
}
