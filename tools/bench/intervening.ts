import * as path from 'node:path';
import { createEngine } from '../../src/engine/engine';
import { unwatched } from '../../src/engine/job';
import type { AttributionRequest } from '../../src/shared/analysis';
import { createSupervisor } from '../../src/supervisor/engineSupervisor';
import { mediansInTurn } from './measure';
import type { Row } from './results';
import { rowWithin } from './rows';

/** Milliseconds, medians of runs taken in turn: the demo model with a component scaled, 12 prompts. */
export interface InterveningFigures {
  /** The engine's job, in this process. */
  readonly job: number;
  /** The same through the supervisor, as the extension asks. */
  readonly roundTrip: number;
}

const subjects = [
  'wolf',
  'dog',
  'fox',
  'bear',
  'cat',
  'sheep',
  'horse',
  'owl',
  'snowman',
  'house',
  'car',
  'pizza',
];

/** What a person waits for while dragging: each time another factor of a component that fires. */
export async function measureIntervening(
  root: string,
  under: string,
  threads: number,
  rounds: number,
): Promise<InterveningFigures> {
  const request: AttributionRequest = {
    study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
    images: [{ kind: 'file', path: path.join(root, 'examples/demo/images/wolf/wolf_00.jpg') }],
    directions: subjects.map((subject) => ({ kind: 'prompt', text: `a photo of a ${subject}` })),
  };
  const here = createEngine({
    cacheFolder: under,
    threads,
    demoImages: path.join(root, 'examples/demo/images'),
    nounsFile: '',
  });
  const engine = createSupervisor({
    entry: path.join(root, 'dist/engine.js'),
    args: ['--cache-folder', under, '--threads', String(threads)],
    log: () => undefined,
  });
  try {
    const { images } = await here.attribute(request, unwatched);
    const [outcome] = images;
    if (outcome?.kind !== 'analysis') throw new Error('the demo image gave no analysis');
    const component = outcome.analysis.latents[0]!;
    let asked = 0;
    const dragged = (): AttributionRequest => ({
      ...request,
      intervention: [{ component, factor: (asked++ % 20) / 10 }],
    });
    return await mediansInTurn(
      {
        job: async () => here.attribute(dragged(), unwatched),
        roundTrip: () => engine.remote.attribute(dragged()),
      },
      rounds,
    );
  } finally {
    await engine.stop();
  }
}

export function interveningRows({ job, roundTrip }: InterveningFigures): Row[] {
  return [
    rowWithin('a component scaled, demo model, 12 prompts', job, 50),
    rowWithin('the same through the engine process', roundTrip, 50),
  ];
}
