import { describe, expect, it } from 'vitest';
import { readViewState, withSection } from '../../../../src/webview/latent/viewState';

describe('view state', () => {
  it('remembers what was closed, once', () => {
    const closed = withSection(withSection(readViewState(undefined), 'scores', false), 'scores', false);
    expect(closed).toEqual({ closed: ['scores'] });
    expect(readViewState({ view: closed })).toEqual(closed);
    expect(withSection(closed, 'scores', true)).toEqual({ closed: [] });
  });

  it('is the default where it cannot be read', () => {
    expect(readViewState({ view: { closed: ['nonsense'] } })).toEqual({ closed: [] });
    expect(readViewState('nonsense')).toEqual({ closed: [] });
  });
});
