import { ClipsightError, fromErrorInfo } from '../../shared/errors';
import type { PanelState } from '../../shared/panelProtocol';
import type { CallOptions } from '../../shared/rpc/protocol';
import { type RunInput, runAttribution } from './attributionRun';
import { openPanel, report, startRun } from './panelModel';

/**
 * What a panel that shows `state` would show of the model with `run.intervention`: every image against the same prompts,
 * in the same study.
 *
 * @throws ClipsightError 'checkpoint' where the study is another by now, and whatever stopped the run
 */
export async function changedResults(
  state: PanelState,
  run: Omit<RunInput, 'prompts' | 'signal'>,
  { signal = new AbortController().signal, onProgress }: CallOptions,
): Promise<PanelState> {
  const { images, prompts, study } = state;
  let model = startRun(
    openPanel(
      images.map(({ name }) => name),
      prompts,
    ),
    prompts,
  );
  await runAttribution({ ...run, prompts, signal }, (event) => {
    model = report(model, model.run, event);
    if (event.kind === 'progress') onProgress?.(event.progress);
  });
  if (model.state.error !== null) throw fromErrorInfo(model.state.error);
  if (model.state.study?.key === study?.key) return model.state;
  throw new ClipsightError(
    'checkpoint',
    'The model or dictionary changed on disk since the panel was computed.',
    'Choose “Retry” to compute all images with the new one.',
  );
}
