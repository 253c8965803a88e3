import { describe, expect, it } from 'vitest';
import { findingLink, findingOfLink } from '../../../../src/extension/audit/findingLink';
import { findingMessage } from '../../../../src/extension/audit/findingText';
import { finding } from './fixtures';

const wolf = { name: 'a photo of a wolf', direction: { kind: 'prompt', text: 'a photo of a wolf' } } as const;
const open = { verdict: null, note: null, isOld: false };

describe('a finding in words', () => {
  it('has its numbers and what it costs', () => {
    expect(findingMessage(wolf, finding(), open).replaceAll('\u00a0', ' ')).toBe(
      '“a photo of a wolf” relies on “snow” (component 708): 11.2 % of what switching components off costs it, 1.9 % expected from what it says. Without it 71.0 % of its images are recognised, with it 96.0 %. Artefact.',
    );
  });

  it('says what was decided, and that it is old', () => {
    const said = findingMessage(wolf, finding({ label: null, effect: null, kind: 'compound' }), {
      verdict: 'spurious',
      note: 'all shot in winter',
      isOld: true,
    });
    expect(said.replaceAll('\u00a0', ' ')).toBe(
      '“a photo of a wolf” relies on component 708: 11.2 % of what switching components off costs it, 1.9 % expected from what it says. Compound noun. Marked as spurious (all shot in winter). The library has changed since: audit again.',
    );
  });
});

describe('the link to a finding', () => {
  it('leads back to it, and others lead nowhere', () => {
    const id = { prompt: 'probes/a b#“wolf” 100%?', key: 'k', component: 3 };
    const [scheme, rest = ''] = findingLink(id).split(':', 2);
    const [path = '', query = ''] = rest.split('?', 2);
    expect(findingOfLink({ scheme: scheme!, path, query: decodeURIComponent(query) })).toEqual(id);
    expect(findingOfLink({ scheme: 'https', path, query: decodeURIComponent(query) })).toBeNull();
    expect(findingOfLink({ scheme: 'command', path, query: '[{"prompt":1}]' })).toBeNull();
    expect(findingOfLink({ scheme: 'command', path, query: '{' })).toBeNull();
  });
});
