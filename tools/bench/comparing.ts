import * as path from 'node:path';
import { createEngine } from '../../src/engine/engine';
import { unwatched } from '../../src/engine/job';
import type { StudyRequest } from '../../src/shared/study';
import { mediansInTurn } from './measure';
import type { Row } from './results';
import { rowBeside, time } from './rows';

/** Milliseconds, medians of runs taken in turn, of jobs on an image and on texts that were seen before. */
export interface ComparingFigures {
  /** `attribute` of one prompt. */
  readonly attribute: number;
  /** Scores of all prompts alone, and with the strongest component of each. */
  readonly scores: number;
  readonly strongest: number;
}

/** As many as the longest prompt files have. */
export const comparedPrompts = 2000;

export async function measureComparing(
  root: string,
  under: string,
  study: StudyRequest,
  threads: number,
  rounds: number,
): Promise<ComparingFigures> {
  const engine = createEngine({
    cacheFolder: under,
    threads,
    demoImages: path.join(root, 'examples/demo/images'),
    nounsFile: '',
  });
  const directions = Array.from(
    { length: comparedPrompts },
    (_, i) => ({ kind: 'prompt', text: `a photo of thing ${i}` }) as const,
  );
  const images = [{ kind: 'file', path: path.join(root, 'examples/demo/images/wolf/wolf_00.jpg') } as const];
  // From the second question on, an image is ready for any prompt.
  const one = { study, images, directions: directions.slice(0, 1) };
  await engine.attribute(one, unwatched);
  await engine.compare({ study, images, directions, most: 1 }, unwatched);
  return mediansInTurn(
    {
      attribute: async () => engine.attribute(one, unwatched),
      scores: async () => engine.compare({ study, images, directions, most: 0 }, unwatched),
      strongest: async () => engine.compare({ study, images, directions, most: 1 }, unwatched),
    },
    rounds,
  );
}

export function comparingRows({ attribute, scores, strongest }: ComparingFigures): Row[] {
  const one = { what: '`attribute`, 1 prompt', measured: time(attribute) };
  return [
    rowBeside(`scores of ${comparedPrompts} prompts on a seen image`, time(scores), one),
    rowBeside('the same with the strongest component of each', time(strongest), one),
  ];
}
