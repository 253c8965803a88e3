import { describe, expect, it, vi } from 'vitest';
import { Cards } from '../../../../src/extension/models/cards';
import { SelfTests } from '../../../../src/extension/models/selfTests';
import { ClipsightError } from '../../../../src/shared/errors';
import type { StudyRequest } from '../../../../src/shared/study';
import { studyInfo } from '../../fixtures';
import { modelCard, selfTest } from './fixtures';

describe('Cards', () => {
  it('asks once, also after an error, until the card is forgotten', async () => {
    const inspect = vi
      .fn()
      .mockRejectedValueOnce(new ClipsightError('checkpoint', 'It ends early.'))
      .mockResolvedValue(modelCard());
    const cards = new Cards(inspect);
    await expect(cards.get('model', '/m')).rejects.toThrow('It ends early.');
    await expect(cards.get('model', '/m')).rejects.toThrow('It ends early.');
    expect(inspect).toHaveBeenCalledTimes(1);
    cards.forget('model', '/m');
    await expect(cards.get('model', '/m')).resolves.toEqual(modelCard());
    cards.clear();
    await cards.get('model', '/m');
    expect(inspect).toHaveBeenCalledTimes(3);
  });

  it('takes no model for a dictionary', async () => {
    const cards = new Cards(async () => modelCard());
    await expect(cards.get('dictionary', '/m')).rejects.toMatchObject({ code: 'protocol' });
  });
});

describe('SelfTests', () => {
  const request: StudyRequest = { model: '/m', dictionary: '/d', layer: 3 };
  const tested = { ...studyInfo(), selfTest: selfTest() };

  it('measures a poor dictionary, too, and tells when something changed', async () => {
    const openStudy = vi
      .fn(async (_request: StudyRequest) => tested)
      .mockRejectedValueOnce(new ClipsightError('poor-dictionary', 'FVU 0.93.'));
    const changed = vi.fn();
    const tests = new SelfTests(openStudy, changed);
    expect(tests.find(request)).toEqual({ kind: 'unknown' });
    const running = tests.run(request);
    expect(tests.find(request)).toEqual({ kind: 'running' });
    await running;
    expect(tests.find(request)).toEqual({ kind: 'done', test: selfTest() });
    expect(openStudy.mock.calls.map(([asked]) => asked)).toEqual([request, { ...request, acceptPoor: true }]);
    expect(changed).toHaveBeenCalled();
  });

  it('knows what panels show, whatever it was tested on and by whom', () => {
    const changed = vi.fn();
    const tests = new SelfTests(async () => tested, changed);
    tests.report({ ...request, samples: ['/a.jpg'], acceptPoor: true }, tested);
    tests.report(request, tested);
    expect(tests.find(request)).toMatchObject({ kind: 'done' });
    expect(tests.find({ ...request, layer: 4 })).toEqual({ kind: 'unknown' });
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it("takes no test for a good one, but of the model's own units", () => {
    const tests = new SelfTests(async () => studyInfo(), vi.fn());
    tests.report(request, studyInfo());
    expect(tests.find(request)).toEqual({ kind: 'unknown' });
    const neurons = { ...request, dictionary: 'neurons:-2' };
    tests.report(neurons, studyInfo());
    expect(tests.find(neurons)).toEqual({ kind: 'done', test: null });
  });

  it('is as it was where it was cancelled', async () => {
    const answers = [
      async () => ({ ...studyInfo(), selfTest: tested.selfTest }),
      () => Promise.reject(new ClipsightError('cancelled', 'Stopped.')),
    ];
    const tests = new SelfTests(() => answers.shift()!(), vi.fn());
    await tests.run(request);
    const before = tests.find(request);
    expect(before).toMatchObject({ kind: 'done' });
    await tests.run(request);
    expect(tests.find(request)).toEqual(before);
  });

  it('keeps why it failed', async () => {
    const tests = new SelfTests(() => Promise.reject(new ClipsightError('dictionary', 'No.')), vi.fn());
    await tests.run(request);
    expect(tests.find(request)).toEqual({ kind: 'failed', error: { code: 'dictionary', message: 'No.' } });
    tests.clear();
    expect(tests.find(request)).toEqual({ kind: 'unknown' });
  });
});
