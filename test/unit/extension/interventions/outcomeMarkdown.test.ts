import { expect, it } from 'vitest';
import { outcomeMarkdown } from '../../../../src/extension/interventions/outcomeMarkdown';
import { named } from './memoryFile';
import { outcome } from './outcome';

const shown = (change: Parameters<typeof outcome>[0] = {}) =>
  outcomeMarkdown({
    intervention: named('no *snow*', {
      intervention: [
        { component: 3, factor: 0 },
        { component: 5, factor: 2 },
      ],
    }),
    applied: { classes: ['wolf', 'a | b'], outcome: outcome(change) },
    label: (path) => path.replace('/workspace/', ''),
    address: (path) => `file://${encodeURI(path)}`,
  });

it('says what an intervention does, in tables', () => {
  const lines = shown().split('\n');
  expect(lines[0]).toBe('# no \\*snow\\*');
  expect(lines).toContain('emoji\\-clip · sae\\-cls · 3 off, 5 × 2');
  expect(lines).toContain('A changed component is active in 2 of 4 images; 1 change class.');
  expect(lines).toContain('| wolf | 2 | 100\u00a0% | 50\u00a0% | 2 | 1 | −10 |');
  // A name can break no table.
  expect(lines).toContain('| a \\| b |  |  |  | 2 | 3 |  |');
  expect(lines).toContain(
    '| [wolf/a \\[1\\]\\.png](<file:///workspace/wolf/a%20%5B1%5D.png>) | wolf | wolf | a \\| b | 30 → 20 |',
  );
});

it('says no more than is known', () => {
  const text = shown({ accuracy: null, changes: 0, changed: [], notes: ['1 of the pictures is gone.'] });
  expect(text).not.toContain('Accuracy:');
  expect(text).not.toContain('change class\n\n|');
  expect(text).not.toContain('##');
  expect(text).toContain('1 of the pictures is gone\\.');
  expect(shown({ changes: 9 })).toContain('And 8 more.');
});
