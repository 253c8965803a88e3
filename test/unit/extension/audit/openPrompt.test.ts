import { expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({}));
const { cellNow, startNow } = await import('../../../../src/extension/audit/openPrompt');

it('finds a text where it is nearest to where it stood', () => {
  expect(startNow('wolf, wolf, wolf', 'wolf', 7)).toBe(6);
  expect(startNow('bear', 'wolf', 7)).toBeNull();
});

it('finds the cell in which a text stands as it stood', () => {
  const cells = ['# wolf', 'import torch', 'prompts = ["a wolf"]\nmore = "wolf"'];
  expect(cellNow(cells, 'wolf', 14)).toBe(2);
  expect(cellNow(cells, 'wolf', 3)).toBe(0);
  expect(cellNow(cells, 'bear', 3)).toBeNull();
});
