import { describe, expect, it, vi } from 'vitest';
import { type RunInput, runAttribution } from '../../../src/extension/views/attributionRun';
import { openPanel, type RunReport, report, startRun } from '../../../src/extension/views/panelModel';
import type { EngineProtocol } from '../../../src/shared/engineProtocol';
import { ClipsightError } from '../../../src/shared/errors';
import { type ImageSource, imageName } from '../../../src/shared/image';
import type { Remote } from '../../../src/shared/rpc/protocol';
import { engineRemote } from '../../support/engineRemote';
import { analysisOutcome, engineInfo, studyInfo } from '../fixtures';

type Attribute = Remote<EngineProtocol>['attribute'];

/** Answers with the image's number as its only latent. */
const attribute: Attribute = async ({ images, directions }, options) => {
  options?.onProgress?.({ stage: 'attribution', done: 1, total: 2 });
  return {
    study: studyInfo(),
    images: images.map((image) =>
      analysisOutcome(
        [Number(imageName(image))],
        [1],
        directions.map(() => [0.5]),
      ),
    ),
    notes: [],
  };
};

function engine(override: Partial<Remote<EngineProtocol>> = {}): () => Remote<EngineProtocol> {
  const answers = { describe: async () => engineInfo(), openStudy: async () => studyInfo(), attribute };
  return () => engineRemote({ ...answers, ...override });
}

const image = (index: number) => async (): Promise<ImageSource> => ({ kind: 'file', path: String(index) });

async function run(input: Partial<RunInput>): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  await runAttribution(
    {
      engine: engine(),
      study: async () => ({ model: '/m', dictionary: '/d' }),
      images: [image(0)],
      prompts: ['a wolf'],
      signal: new AbortController().signal,
      ...input,
    },
    (event) => reports.push(event),
  );
  return reports;
}

/** The latent that each image got, or why it got none. */
function shown(count: number, reports: readonly RunReport[]): unknown[] {
  const names = Array.from({ length: count }, (_, index) => String(index));
  const started = startRun(openPanel(names, []), ['a wolf']);
  const { state } = reports.reduce((model, event) => report(model, 1, event), started);
  return state.images.map(({ outcome }) => {
    if (outcome === null) return null;
    return outcome.kind === 'analysis' ? outcome.analysis.latents[0] : outcome.error.message;
  });
}

describe('runAttribution', () => {
  it('asks for a few images at a time and gives each its own outcome', async () => {
    const asked = vi.fn(attribute);
    const reports = await run({
      engine: engine({ attribute: asked }),
      images: Array.from({ length: 19 }, (_, index) => image(index)),
    });
    expect(asked.mock.calls.map(([request]) => request.images.length)).toEqual([8, 8, 3]);
    expect(shown(19, reports)).toEqual(Array.from({ length: 19 }, (_, index) => index));
    expect(reports.at(-1)).toEqual({ kind: 'finished' });
  });

  it('counts progress over all images', async () => {
    const reports = await run({ images: Array.from({ length: 10 }, (_, index) => image(index)) });
    const progress = reports.flatMap((event) => (event.kind === 'progress' ? [event.progress] : []));
    expect(progress.map(({ done, total }) => [done, total])).toEqual([
      [4, 10],
      [8, 10],
      [9, 10],
      [10, 10],
    ]);
  });

  it('lets an image that cannot be read fail alone', async () => {
    const unreadable = () => Promise.reject(new ClipsightError('image', 'gone'));
    const reports = await run({ images: [image(0), unreadable, image(2)] });
    expect(shown(3, reports)).toEqual([0, 'gone', 2]);
  });

  it('keeps what it has when the engine stops, and says so', async () => {
    const stopping = vi
      .fn(attribute)
      .mockImplementationOnce(attribute)
      .mockRejectedValueOnce(new ClipsightError('engine-stopped', 'The engine stopped.'));
    const reports = await run({
      engine: engine({ attribute: stopping }),
      images: Array.from({ length: 9 }, (_, index) => image(index)),
    });
    expect(shown(9, reports).filter((value) => value !== null)).toHaveLength(8);
    expect(reports.at(-1)).toEqual({
      kind: 'failed',
      error: { code: 'engine-stopped', message: 'The engine stopped.' },
    });
  });

  it('asks for nothing more once it is cancelled', async () => {
    const controller = new AbortController();
    const asked = vi.fn<Attribute>((request, options) => {
      controller.abort();
      return attribute(request, options);
    });
    const reports = await run({
      engine: engine({ attribute: asked }),
      images: Array.from({ length: 20 }, (_, index) => image(index)),
      signal: controller.signal,
    });
    expect(asked).toHaveBeenCalledTimes(1);
    expect(reports.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'cancelled' } });
  });

  it('reports a wrong setting as the failure of the run', async () => {
    const study = async () => {
      throw new ClipsightError('configuration', 'not a path', 'Write one.');
    };
    expect(await run({ study })).toEqual([
      { kind: 'failed', error: { code: 'configuration', message: 'not a path', remedy: 'Write one.' } },
    ]);
  });

  it('never mixes the numbers of two models', async () => {
    let key = 0;
    const changing: Attribute = async (request, options) => ({
      ...(await attribute(request, options)),
      study: studyInfo(String(key++)),
    });
    const reports = await run({
      engine: engine({ attribute: changing }),
      images: Array.from({ length: 9 }, (_, index) => image(index)),
    });
    expect(shown(9, reports).at(-1)).toBeNull();
    expect(reports.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'checkpoint' } });
  });

  it('refuses an answer about too few images', async () => {
    const short: Attribute = async (request, options) => ({
      ...(await attribute(request, options)),
      images: [],
    });
    expect((await run({ engine: engine({ attribute: short }) })).at(-1)).toMatchObject({
      kind: 'failed',
      error: { code: 'protocol' },
    });
  });
});
