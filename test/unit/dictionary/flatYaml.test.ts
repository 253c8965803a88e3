import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flatYaml } from '../../../src/engine/dictionary/formats/flatYaml';

describe('the scalars at the top of a YAML file', () => {
  test('are read as text, whatever is beside them', () => {
    const text = `# settings
batch_size: 32
ckpt_path: ''
data_path: /datasets/ImageNet   # where it lies
name: "a \\"quoted\\" \\\\ name" # so
other: 'it''s'
lr: 0.0002
milestones:
- 24
- 28
nested:
  sae_k: 99
sae_layer_idx: -1\r
list: [1, 2]
anchor: &a 3
time: 12:30
# sae_k: 1
sae_token:cls
`;
    expect([...flatYaml(text)]).toEqual([
      ['batch_size', '32'],
      ['ckpt_path', ''],
      ['data_path', '/datasets/ImageNet'],
      ['name', 'a "quoted" \\ name'],
      ['other', "it's"],
      ['lr', '0.0002'],
      ['sae_layer_idx', '-1'],
      ['time', '12:30'],
    ]);
  });

  const key = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
  const value = fc.oneof(
    fc.integer().map(String),
    fc.stringMatching(/^[A-Za-z0-9/._][A-Za-z0-9/._-]{0,12}$/),
  );

  test('come back as they were written, plain or quoted', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, value, fc.constantFrom('', "'", '"')), { selector: ([name]) => name }),
        (entries) => {
          const text = entries.map(([name, of, quote]) => `${name}: ${quote}${of}${quote}`).join('\n');
          expect([...flatYaml(text)]).toEqual(entries.map(([name, of]) => [name, of]));
        },
      ),
    );
  });

  test('of anything else are no reason to fail', () => {
    fc.assert(fc.property(fc.string(), (text) => flatYaml(text).size >= 0));
  });
});
