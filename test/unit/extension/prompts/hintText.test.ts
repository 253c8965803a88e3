import { expect, it } from 'vitest';
import type { PromptScore } from '../../../../src/extension/prompts/editorPrompts';
import { hintLabel, hintTooltip } from '../../../../src/extension/prompts/hintText';

const score: PromptScore = {
  direction: { kind: 'prompt', text: 'a photo of a wolf' },
  similarity: 0.27314,
  scored: 1,
  confidence: 0.619,
  confidenceKind: 'share',
  strongest: { component: 708, attribution: 0.012, share: 0.142, label: 'snow', isPoor: true },
  readings: [],
};
const context = { text: 'wolf', pinned: 'wolf_03.png', images: 1, group: { name: 'classes', size: 3 } };

const place = { isAlone: false, isCrowded: false };

it('a hint has similarity, share and component, as far as they are known and say something', () => {
  const { strongest } = score;
  const changed = (change: Partial<NonNullable<typeof strongest>>) =>
    hintLabel({ ...score, strongest: { ...strongest!, ...change } }, place);
  expect(hintLabel(score, place)).toBe('27.31 · 61.9\u00a0% · snow ⚠');
  expect(hintLabel(score, { ...place, isAlone: true })).toBe('27.31 · snow ⚠');
  expect(hintLabel({ ...score, confidence: null, strongest: null }, place)).toBe('27.31');
  expect(hintLabel(score, { ...place, isCrowded: true })).toBe('27.31 ⚠');
  expect(changed({ label: null, isPoor: null })).toBe('27.31 · 61.9\u00a0% · latent 708');
  expect(changed({ isPoor: false })).toBe('27.31 · 61.9\u00a0% · snow');
  expect(changed({ label: 'snow '.repeat(20), isPoor: false }).length).toBeLessThan(60);
});

it('its tooltip says what the numbers are, and what was scored', () => {
  const text = hintTooltip(score, context);
  expect(text).toContain('**27.31** points of similarity with wolf\\_03\\.png');
  expect(text).toContain('Scored as “a photo of a wolf”');
  expect(text).toContain('**61.9\u00a0%** among the 3 prompts of classes');
  expect(text).toContain('“snow” latent 708, +1.20 points, 14.2\u00a0% of all attribution');
  expect(text).toContain('⚠');
  const three = { ...context, images: 3, pinned: '3 images' };
  expect(hintTooltip({ ...score, scored: 3 }, three)).toContain('mean over 3 images');
  expect(hintTooltip({ ...score, scored: 2 }, three)).toContain('mean over 2 of 3 images, the others could');
  const ensemble = { kind: 'ensemble', name: 'wolf', texts: ['a wolf', 'the wolf'] } as const;
  expect(hintTooltip({ ...score, direction: ensemble }, context)).toContain('mean of 2 templates');
});

it('a probability is no share: it says something of a prompt alone, and nothing of its group', () => {
  const siglip: PromptScore = { ...score, confidenceKind: 'probability', strongest: null };
  expect(hintLabel(siglip, { ...place, isAlone: true })).toBe('27.31 · 61.9\u00a0%');
  expect(hintTooltip(siglip, context)).toContain('Probability **61.9\u00a0%**');
  expect(hintTooltip(siglip, context)).not.toContain('among');
});
