import { describe, expect, it } from 'vitest';
import { SentPictures } from '../../../../src/extension/library/sentPictures';
import { panelInterventions } from '../../../../src/extension/views/panelInterventions';
import { openPanel, startRun, withInterventions } from '../../../../src/extension/views/panelModel';
import { ClipsightError } from '../../../../src/shared/errors';
import type { JobContext, Progress } from '../../../../src/shared/rpc/protocol';
import { engineRemote } from '../../../support/engineRemote';
import { studyInfo } from '../../fixtures';
import { hash } from '../library/fixtures';
import { keeping, named } from './memoryFile';
import { outcome } from './outcome';

function panel(kept = () => keeping().kept) {
  const pictures = new SentPictures((path) => path.replace('/workspace/', ''));
  const attempted: Promise<void>[] = [];
  const handlers = panelInterventions({
    engine: () =>
      engineRemote({
        classFolders: async () => ({ key: 'study', folders: [] }),
        interveneLibrary: async (_request, options) => {
          options?.onProgress?.({ stage: 'Intervening', done: 1, total: 2 });
          if (options?.signal?.aborted) throw new ClipsightError('cancelled', 'Cancelled.');
          return outcome();
        },
      }),
    library: {
      indexedSubject: async () => ({
        request: { library: '/l', study: { model: '/m', dictionary: '/d' }, judge: null },
        study: 'study',
      }),
      answeredFor: () => true,
    },
    classTemplate: () => '{}',
    prompts: () => ['a wolf', 'a dog'],
    study: () => studyInfo(),
    kept,
    pictures,
    attempt: (work) => void attempted.push(work),
  });
  return { handlers, pictures, attempted };
}

describe('the page and interventions', () => {
  it('is told of pictures by paths for people, and may ask for them', async () => {
    const { handlers, pictures } = panel();
    const told: Progress[] = [];
    const job: JobContext = { signal: new AbortController().signal, progress: (one) => told.push(one) };
    const answer = await handlers.applyIntervention({ intervention: [] }, job);
    expect(answer.classes).toEqual(['a wolf', 'a dog']);
    expect(answer.outcome.changed[0]?.path).toBe('wolf/a [1].png');
    expect(pictures.path(hash('a'))).toBe('/workspace/wolf/a [1].png');
    expect(told).toEqual([{ stage: 'Intervening', done: 1, total: 2 }]);
  });

  it('can cancel', async () => {
    const job: JobContext = { signal: AbortSignal.abort(), progress: () => undefined };
    await expect(panel().handlers.applyIntervention({ intervention: [] }, job)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('does not wait for the person: what goes wrong is told to them', async () => {
    const { handlers, attempted } = panel(() => {
      throw new ClipsightError('configuration', 'There is no folder open.');
    });
    const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };
    expect(handlers.saveIntervention({ intervention: [] }, job)).toBeUndefined();
    expect(handlers.forgetIntervention({ name: 'a' }, job)).toBeUndefined();
    expect(attempted).toHaveLength(2);
    for (const work of attempted) await expect(work).rejects.toThrow('no folder open');
  });
});

describe('the interventions of a panel', () => {
  it('are shown by name, and forgotten with the study that they are of', () => {
    const model = openPanel(['a.jpg'], ['a wolf']);
    const shown = withInterventions(model, [named('a')]);
    expect(shown.state.interventions).toEqual([{ name: 'a', intervention: named('a').intervention }]);
    expect(shown.state.revision).toBe(model.state.revision + 1);
    expect(withInterventions(shown, [named('a')])).toBe(shown);
    expect(startRun(shown, ['a dog']).state.interventions).toEqual([]);
  });
});
