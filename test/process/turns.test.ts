import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { expect, it } from 'vitest';
import type { Progress } from '../../src/shared/rpc/protocol';
import { engineOfTests } from '../support/engineOfTests';

/** A long comparison and what somebody waits for, in the built engine process. */
const root = path.resolve(__dirname, '../..');
const study = {
  model: path.join(root, 'models/emoji-clip'),
  dictionary: path.join(root, 'models/sae-cls'),
};
const folder = path.join(root, 'examples/demo/images/wolf');
const images = readdirSync(folder).map((name) => ({ kind: 'file', path: path.join(folder, name) }) as const);
const prompt = (text: string) => ({ kind: 'prompt', text }) as const;

const { engine } = engineOfTests('turns');

it('a comparison of 2 000 prompts lets others in between, and tells how far it is', async () => {
  const { remote } = engine;
  const one = { study, images: images.slice(0, 1), directions: [prompt('snow')] };
  await remote.attribute(one);
  const told: Progress[] = [];
  let isDone = false;
  const directions = Array.from({ length: 2000 }, (_, i) => prompt(`a photo of thing ${i}`));
  const comparing = remote
    .compare({ study, images, directions, most: 5 }, { onProgress: (progress) => told.push(progress) })
    .finally(() => {
      isDone = true;
    });
  let between = 0;
  while (!isDone) {
    await remote.attribute(one);
    if (!isDone) between += 1;
  }
  expect((await comparing).failures).toEqual(images.map(() => null));
  expect(between).toBeGreaterThanOrEqual(2);
  const stages = told.map(({ stage }) => stage);
  expect(stages).toContain('Reading prompts');
  expect(stages).toContain('Comparing images');
});
