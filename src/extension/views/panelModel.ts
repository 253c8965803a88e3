import type { AttributionResponse, ImageOutcome } from '../../shared/analysis';
import type { EngineInfo } from '../../shared/engineProtocol';
import type { ErrorInfo } from '../../shared/errors';
import type { PanelState } from '../../shared/panelProtocol';
import type { Progress } from '../../shared/rpc/protocol';

/**
 * The panel's state and the number of the run it belongs to. A run is one computation of all images against
 * all prompts; what an earlier run still reports is dropped here, so that it can never be shown beside other
 * prompts.
 */
export interface PanelModel {
  readonly run: number;
  readonly state: PanelState;
}

/** What a run reports. */
export type RunReport =
  | { readonly kind: 'engine'; readonly engine: EngineInfo }
  | { readonly kind: 'progress'; readonly progress: Progress }
  /** Outcomes of the images from `first` on. */
  | { readonly kind: 'outcomes'; readonly first: number; readonly response: AttributionResponse }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  | { readonly kind: 'finished' };

export function openPanel(imageNames: readonly string[], prompts: readonly string[]): PanelModel {
  return {
    run: 0,
    state: {
      revision: 0,
      prompts: [...prompts],
      images: imageNames.map((name) => ({ name, outcome: null })),
      study: null,
      engine: null,
      progress: null,
      error: null,
      notes: [],
      components: null,
      interventions: [],
      interventionsError: null,
    },
  };
}

/**
 * A new run with these prompts: everything computed so far is forgotten, because it belongs to other prompts or
 * to another study. Without prompts there is nothing to run, and no progress. `notes` are known beforehand.
 */
export function startRun(
  model: PanelModel,
  prompts: readonly string[],
  notes: readonly string[] = [],
): PanelModel {
  const { state } = model;
  return {
    run: model.run + 1,
    state: {
      ...state,
      revision: state.revision + 1,
      prompts: [...prompts],
      images: state.images.map(({ name }) => ({ name, outcome: null })),
      study: null,
      progress: prompts.length === 0 ? null : { stage: 'Starting', done: 0, total: state.images.length },
      error: null,
      notes: [...notes],
      components: null,
      interventions: [],
      interventionsError: null,
    },
  };
}

/** The model with the interventions that are kept for its study; the same object where they are as they were. */
export function withInterventions(
  model: PanelModel,
  kept: readonly PanelState['interventions'][number][],
): PanelModel {
  const { run, state } = model;
  const interventions = kept.map(({ name, intervention }) => ({ name, intervention }));
  const same = JSON.stringify(state.interventions) === JSON.stringify(interventions);
  if (same && state.interventionsError === null) return model;
  return { run, state: { ...state, interventions, interventionsError: null, revision: state.revision + 1 } };
}

/** The model where those that are kept cannot be read. */
export function withoutInterventions({ run, state }: PanelModel, interventionsError: ErrorInfo): PanelModel {
  return { run, state: { ...state, interventions: [], interventionsError, revision: state.revision + 1 } };
}

/** The model with what the library says of its components; the same object where nothing is new. */
export function withComponents(model: PanelModel, components: PanelState['components']): PanelModel {
  const { run, state } = model;
  if (state.components === components) return model;
  return { run, state: { ...state, components, revision: state.revision + 1 } };
}

/** The model after a report of run `run`; the same object where the report is out of date. */
export function report(model: PanelModel, run: number, event: RunReport): PanelModel {
  if (run !== model.run) return model;
  const { state } = model;
  return { run, state: { ...state, ...changes(state, event), revision: state.revision + 1 } };
}

function changes(state: PanelState, event: RunReport): Partial<PanelState> {
  switch (event.kind) {
    case 'engine':
      return { engine: event.engine };
    case 'progress':
      return { progress: event.progress };
    case 'outcomes':
      return {
        study: event.response.study,
        images: withOutcomes(state.images, event.first, event.response.images),
        notes: [...new Set([...state.notes, ...event.response.notes])],
      };
    case 'failed':
      return { error: event.error, progress: null };
    case 'finished':
      return { progress: null };
  }
}

function withOutcomes(
  images: PanelState['images'],
  first: number,
  outcomes: readonly ImageOutcome[],
): PanelState['images'] {
  return images.map(({ name, outcome }, index) => ({ name, outcome: outcomes[index - first] ?? outcome }));
}
