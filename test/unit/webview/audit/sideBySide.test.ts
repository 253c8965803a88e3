import { describe, expect, it } from 'vitest';
import { sideBySide, sideCounts } from '../../../../src/webview/audit/sideBySide';
import { auditOf, findingOf } from './fixtures';

const wolf = 'a wolf';

describe('sideBySide', () => {
  it('matches by label where the dictionaries are different, never by number', () => {
    const left = auditOf([
      findingOf({ prompt: wolf, component: 1, label: 'a Snow', score: 0.1 }),
      findingOf({ prompt: wolf, component: 7, label: 'fence', score: 0.3 }),
      findingOf({ prompt: 'a bat', component: 2, label: null }),
    ]);
    const right = auditOf(
      [
        findingOf({ prompt: wolf, component: 7, label: 'snow', score: 0.2 }),
        findingOf({ prompt: 'a bat', component: 2, label: null }),
      ],
      { id: 2 },
      'd2',
    );
    const prompts = sideBySide(left, right);
    expect(prompts.map(({ prompt, matches }) => [prompt, matches])).toEqual([
      [
        wolf,
        [
          { left: 0, right: 0 },
          { left: 1, right: null },
        ],
      ],
      [
        'a bat',
        [
          { left: 2, right: null },
          { left: null, right: 1 },
        ],
      ],
    ]);
    expect(sideCounts(prompts)).toEqual({ both: 1, left: 2, right: 1 });
  });

  it('matches by number in one dictionary, whatever it is called', () => {
    const left = auditOf([findingOf({ component: 4, label: null })]);
    const right = auditOf([findingOf({ component: 4, label: 'snow' })], { id: 2 });
    expect(sideBySide(left, right)[0]!.matches).toEqual([{ left: 0, right: 0 }]);
  });

  it('takes every finding once, and tells the class of a probe from a prompt that is called the same', () => {
    const left = auditOf([findingOf({ component: 4 }), findingOf({ component: 5 })]);
    const right = auditOf(
      [findingOf({ component: 9 }), findingOf({ component: 4, probe: 'p' })],
      { id: 2 },
      'd2',
    );
    expect(sideBySide(left, right).map(({ probe, matches }) => [probe, matches])).toEqual([
      [
        null,
        [
          { left: 0, right: 0 },
          { left: 1, right: null },
        ],
      ],
      ['p', [{ left: null, right: 1 }]],
    ]);
  });
});
