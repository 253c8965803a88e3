import { expect, it } from 'vitest';
import { imageAblationTable, libraryAblationTable } from '../../../src/engine/cli/ablateTable';
import { engineInfo, studyInfo } from '../fixtures';

const about = {
  study: studyInfo(),
  engine: engineInfo(),
  intervention: [
    { component: 3, factor: 0 },
    { component: 5, factor: 2 },
    { component: 4, factor: 0 },
  ],
};

it('says what becomes of each prompt, and which changed components are active', () => {
  const result = {
    image: 'a.jpg',
    prompt: 'a wolf',
    active: [3, 5],
    similarity: { before: 0.3, after: 0.2 },
    confidence: { kind: 'share' as const, before: 0.75, after: 0.25 },
    components: [
      { latent: 9, attribution: -0.02, activation: 1.5 },
      { latent: 8, attribution: 0.01, activation: 1 },
    ],
  };
  const text = imageAblationTable(about, [result, { ...result, image: 'b.jpg', active: [] }], 1);
  expect(text).toContain('latents 3, 4 × 0; latent 5 × 2');
  expect(text).toContain('a.jpg · active: 3, 5');
  expect(text).toContain('b.jpg · none of them is active');
  expect(text).toContain('30.00 → 20.00 (−10.00)');
  expect(text).toContain('75.0 → 25.0 %');
  expect(text).toMatch(/ 9 +−2\.00 points +1\.500/);
  expect(text).not.toContain('+1.00 points');
});

it('says which images of a library change class', () => {
  const classes = ['wolf', 'dog'].map((name) => ({
    name,
    direction: { kind: 'prompt' as const, text: name },
    folders: [name],
  }));
  const text = libraryAblationTable(about, '/l.duckdb', classes, {
    grounds: { key: 'study', access: { kind: 'owner' }, judge: null, images: 4, notes: [] },
    images: 4,
    affected: 2,
    accuracy: { images: 2, before: 1, after: 0.5 },
    classes: [
      { predicted: { before: 2, after: 0 }, accuracy: { images: 2, before: 1, after: 0.5 }, change: -0.1 },
      { predicted: { before: 2, after: 4 }, accuracy: null, change: null },
    ],
    changes: 2,
    changed: [{ sha256: 's', path: '/w.jpg', truth: 0, before: 0, after: 1, scores: [0.3, 0.2] }],
    notes: [],
  });
  expect(text).toContain('4 images · a changed component is active in 2 · 2 change class');
  expect(text).toContain('accuracy 100.0 → 50.0 % of 2 images');
  expect(text).toMatch(/wolf +2 +100\.0 → 50\.0 % +2 → 0 +−10\.00/);
  expect(text).toMatch(/dog +0 +– +2 → 4 +–/);
  expect(text).toContain('wolf → dog (wolf) · 30.00 → 20.00 (−10.00) · /w.jpg');
  expect(text).toContain('and 1 more');
});
