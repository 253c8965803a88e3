import { describe, expect, it } from 'vitest';
import { readViewState, type ViewState } from '../../../src/webview/attribution/viewState';

const standard: ViewState = {
  image: 0,
  prompt: 0,
  versus: { kind: 'own' },
  ordering: { by: 'share', descending: true },
  limit: '20',
  sign: 'any',
  map: { sight: 'off', smooth: false, opacity: 0.8 },
  method: 'activation-gradient',
  measured: null,
  changes: null,
};

describe('readViewState', () => {
  it('reads what was kept', () => {
    const kept: ViewState = {
      ...standard,
      image: 3,
      versus: { kind: 'prompt', text: 'a dog' },
      limit: 'all',
    };
    expect(readViewState({ panel: 'x', view: kept })).toEqual(kept);
  });

  it.each([undefined, null, 7, {}, { view: { image: -1 } }, { view: { limit: '30' } }])(
    'takes %o as nothing',
    (memory) => {
      expect(readViewState(memory)).toEqual(standard);
    },
  );
});
