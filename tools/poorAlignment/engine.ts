import * as path from 'node:path';
import { createEngine } from '../../src/engine/engine';
import type { ImageAnalysis } from '../../src/shared/analysis';
import type { PairAlignments } from '../../src/shared/comparison';
import type { ImageSource } from '../../src/shared/image';
import type { LibraryRequest } from '../../src/shared/library';
import type { judges } from './results';

const job = { signal: new AbortController().signal, progress: () => undefined };
/** Pictures attributed, and pairs aligned, at a time. */
const [IMAGES, PAIRS] = [16, 20_000];

export type Pair = { readonly component: number; readonly text: string };

/** The demo model with `sae-cls`, and what is asked of it. */
export function demoEngine(root: string) {
  const pictures = path.join(root, 'examples/demo/images');
  const engine = createEngine({ cacheFolder: null, threads: 2, demoImages: pictures, nounsFile: '' });
  const study = {
    model: path.join(root, 'models/emoji-clip'),
    dictionary: path.join(root, 'models/sae-cls'),
  };
  const requestFor = (library: string, judge: (typeof judges)[number]): LibraryRequest => ({
    library,
    study,
    judge: judge === 'self' ? null : path.join(root, 'models', judge),
  });
  return {
    /** One per image, with a direction per prompt. */
    async *attribute(
      images: readonly ImageSource[],
      prompts: readonly string[],
    ): AsyncGenerator<ImageAnalysis> {
      const directions = prompts.map((text) => ({ kind: 'prompt', text }) as const);
      for (let start = 0; start < images.length; start += IMAGES) {
        const some = images.slice(start, start + IMAGES);
        const { images: outcomes } = await engine.attribute({ study, images: some, directions }, job);
        for (const outcome of outcomes) {
          if (outcome.kind !== 'analysis') throw new Error(outcome.error.message);
          yield outcome.analysis;
        }
      }
    },
    /** The demo's pictures, without a class folder. */
    async index(library: string, without: string | null): Promise<void> {
      await engine.indexLibrary(
        {
          ...requestFor(library, 'emoji-judge'),
          roots: [{ folder: pictures, exclude: without === null ? [] : [`${without}/**`] }],
          others: 'keep',
          contributions: 'none',
        },
        job,
      );
    },
    async align(
      library: string,
      judge: (typeof judges)[number],
      pairs: readonly Pair[],
    ): Promise<PairAlignments['pairs']> {
      const found: PairAlignments['pairs'] = [];
      for (let start = 0; start < pairs.length; start += PAIRS) {
        const some = pairs.slice(start, start + PAIRS);
        found.push(...(await engine.alignPairs({ ...requestFor(library, judge), pairs: some }, job)).pairs);
      }
      return found;
    },
  };
}
export type DemoEngine = ReturnType<typeof demoEngine>;
