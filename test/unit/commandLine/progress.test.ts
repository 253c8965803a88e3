import { expect, test } from 'vitest';
import { progressText } from '../../../src/engine/cli/progress';

test('bytes are said as bytes, whatever is done with them', () => {
  const half = { done: 2_500_000, total: 605_200_000 };
  for (const stage of ['Downloading owner/name', 'Hashing model.safetensors', 'Writing the dictionary']) {
    expect(progressText({ stage, ...half })).toBe(`${stage}: 2.5 MB of 605.2 MB`);
  }
  expect(progressText({ stage: 'Unpacking sae.pkl.gz', done: 0, total: 999 })).toBe(
    'Unpacking sae.pkl.gz: 0 B of 999 B',
  );
});

test('pictures are counted', () => {
  expect(progressText({ stage: 'Attributing', done: 2, total: 64 })).toBe('Attributing: 2 of 64');
  expect(progressText({ stage: 'Testing the dictionary', done: 2, total: 2000 })).toBe(
    'Testing the dictionary: 2 of 2000',
  );
});

test('a stage of one step says what it is', () => {
  expect(progressText({ stage: 'Asking huggingface.co', done: 0, total: 1 })).toBe('Asking huggingface.co…');
});
