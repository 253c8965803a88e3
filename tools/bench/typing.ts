import * as path from 'node:path';
import { ComponentDescriptions } from '../../src/extension/prompts/componentDescriptions';
import type { PromptScore } from '../../src/extension/prompts/editorPrompts';
import { finderThread } from '../../src/extension/prompts/finderThread';
import { type Member, promptMembers } from '../../src/extension/prompts/promptDirections';
import { PromptScorer } from '../../src/extension/prompts/promptScorer';
import { templateOf } from '../../src/shared/promptDirection';
import type { StudyRequest } from '../../src/shared/study';
import { createSupervisor } from '../../src/supervisor/engineSupervisor';
import { median } from './measure';
import type { Row } from './results';
import { row, rowWithin, time } from './rows';

/** Milliseconds after the editor's own pause, until all visible prompts of a Python file have their numbers. */
export interface TypingFigures {
  /** The finder's thread alone. */
  readonly find: number;
  /** One visible prompt was edited: similarity and component of it. */
  readonly hints: number;
  /** Its share in the group, too. */
  readonly shares: number;
  /** Forty prompts that nobody has seen came into view, while the rest of the file is being scored. */
  readonly scrolled: number;
}

export const typedPrompts = 2000;
const visible = 40;

/** What the extension does when typing pauses, without the editor: the finder's thread, the scorer, the engine process. */
export async function measureTyping(
  root: string,
  under: string,
  study: StudyRequest,
  threads: number,
  rounds: number,
): Promise<TypingFigures> {
  const finder = finderThread({ entry: path.join(root, 'dist/prompts.js') });
  const engine = createSupervisor({
    entry: path.join(root, 'dist/engine.js'),
    args: ['--cache-folder', under, '--threads', String(threads)],
    log: () => undefined,
  });
  const image = path.join(root, 'examples/demo/images/wolf/wolf_00.jpg');
  let inView: readonly Member[] = [];
  let changed = () => {};
  const scorer = new PromptScorer({
    compare: (request, signal) => engine.remote.compare(request, { signal }),
    subject: async () => ({ study, images: [{ kind: 'file', path: image }], key: image }),
    inView: () => inView,
    descriptions: new ComponentDescriptions({
      labels: async () => null,
      poor: async () => null,
      onError: () => undefined,
    }),
    onChange: () => changed(),
    onFailure: (thrown) => {
      throw thrown;
    },
  });
  const lines = Array.from({ length: typedPrompts }, (_, i) => `a photo of thing number ${i}`);
  const find = async () => {
    const text = `prompts = [\n${lines.map((line) => `    "${line}",\n`).join('')}]\n`;
    const [found] = await finder.find({
      sources: [{ path: 'prompts.py', text }],
      options: { names: [], calls: [], files: [] },
    });
    return promptMembers([found!], templateOf('a photo of a {}'))[0]!.flatMap((member) => member ?? []);
  };
  const until = (isThere: (score: PromptScore) => boolean) =>
    new Promise<void>((resolve) => {
      changed = () => {
        const scores = inView.map((member) => scorer.score(member));
        if (scores.every((score) => score !== null && isThere(score))) resolve();
      };
      scorer.refresh();
      changed();
    });
  const hasComponent = ({ strongest }: PromptScore) => strongest !== null;
  const hasShare = (score: PromptScore) => hasComponent(score) && score.confidence !== null;
  const times = {
    find: [] as number[],
    hints: [] as number[],
    shares: [] as number[],
    scrolled: [] as number[],
  };
  try {
    const members = await find();
    inView = members.slice(0, visible);
    await until(hasComponent);
    for (let page = 1; page <= Math.min(rounds, 20); page++) {
      const start = performance.now();
      inView = members.slice(page * visible, (page + 1) * visible);
      await until(hasComponent);
      times.scrolled.push(performance.now() - start);
    }
    await until(hasShare);
    for (let round = 0; round < rounds; round++) {
      lines[1000] = `a photo of thing number 1000, ${round}`;
      const start = performance.now();
      const now = await find();
      times.find.push(performance.now() - start);
      inView = now.slice(1000, 1000 + visible);
      await until(hasComponent);
      times.hints.push(performance.now() - start);
      await until(hasShare);
      times.shares.push(performance.now() - start);
    }
  } finally {
    scorer.dispose();
    finder.dispose();
    await engine.stop();
  }
  return {
    find: median(times.find),
    hints: median(times.hints),
    shares: median(times.shares),
    scrolled: median(times.scrolled),
  };
}

export function typingRows({ find, hints, shares, scrolled }: TypingFigures): Row[] {
  return [
    row(`prompts found after a pause, ${typedPrompts} in the file`, time(find)),
    rowWithin('until the visible hints are there', hints, 1000),
    row('until the shares are, too', time(shares)),
    row('hints of 40 unseen prompts, the rest under way', time(scrolled)),
  ];
}
