import { describe, expect, it } from 'vitest';
import { changedResults } from '../../../src/extension/views/changedResults';
import { exportText } from '../../../src/extension/views/exportText';
import { openPanel, report, startRun } from '../../../src/extension/views/panelModel';
import type { EngineProtocol } from '../../../src/shared/engineProtocol';
import type { Intervention } from '../../../src/shared/intervention';
import type { PanelState } from '../../../src/shared/panelProtocol';
import type { CallOptions, Remote } from '../../../src/shared/rpc/protocol';
import { engineRemote } from '../../support/engineRemote';
import { analysisOutcome, engineInfo, studyInfo } from '../fixtures';

const off: Intervention = [{ component: 3, factor: 0 }];

/** Attributions are −0.5, and 0.25 in the changed model. */
function engine(key = studyInfo().key): Remote<EngineProtocol> {
  return engineRemote({
    describe: async () => engineInfo(),
    attribute: async ({ images, directions, intervention = [] }) => ({
      study: { ...studyInfo(), key },
      images: images.map(() =>
        analysisOutcome(
          [3],
          [2],
          directions.map(() => [intervention.length === 0 ? -0.5 : 0.25]),
        ),
      ),
      notes: [],
    }),
  });
}

/** A panel of ten images and two prompts, computed. */
function shown(): PanelState {
  const names = Array.from({ length: 10 }, (_, i) => `${i}.jpg`);
  const prompts = ['a wolf', 'a dog'];
  const outcome = analysisOutcome([3], [2], [[-0.5], [-0.5]]);
  const response = { study: studyInfo(), images: names.map(() => outcome), notes: [] };
  const begun = startRun(openPanel(names, prompts), prompts);
  const known = report(begun, 1, { kind: 'engine', engine: engineInfo() });
  return report(known, 1, { kind: 'outcomes', first: 0, response }).state;
}

function changed(remote: Remote<EngineProtocol>, options: CallOptions = {}): Promise<PanelState> {
  const state = shown();
  return changedResults(
    state,
    {
      engine: () => remote,
      study: async () => ({ model: '/m', dictionary: '/d' }),
      images: state.images.map(({ name }) => async () => ({ kind: 'file', path: name })),
      intervention: off,
    },
    options,
  );
}

describe('changedResults', () => {
  it('are of the changed model, for every image and prompt, and an export of them names the changes', async () => {
    const exported = JSON.parse(exportText(await changed(engine()), 'json', off));
    expect(exported.intervention).toEqual(off);
    expect(exported.results).toHaveLength(20);
    for (const { components } of exported.results) {
      expect(components).toEqual([{ latent: 3, attribution: 0.25, activation: 2 }]);
    }
  });

  it('are none of another study, and none where the engine fails or it is cancelled', async () => {
    await expect(changed(engine('another'))).rejects.toMatchObject({ code: 'checkpoint' });
    const failing = engineRemote({
      describe: async () => engineInfo(),
      attribute: async () => Promise.reject(new Error('It broke.')),
    });
    await expect(changed(failing)).rejects.toThrow('It broke.');
    await expect(changed(engine(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
