import { describe, expect, it } from 'vitest';
import { type AppliedTo, applyToLibrary } from '../../../../src/extension/interventions/applyToLibrary';
import { ClipsightError } from '../../../../src/shared/errors';
import type { LibraryInterventionRequest } from '../../../../src/shared/libraryIntervention';
import { engineRemote } from '../../../support/engineRemote';
import { expectError } from '../../../support/expectError';
import { outcome } from './outcome';

const intervention = [{ component: 3, factor: 0 }];
const request = { library: '/l', study: { model: '/m', dictionary: '/d' }, judge: null };

function applied(
  folders: readonly string[],
  change: Partial<AppliedTo> & { readonly key?: string; readonly answer?: string } = {},
) {
  const { key = 'study', answer = 'study', ...services } = change;
  const asked: LibraryInterventionRequest[] = [];
  const answeredFor: string[] = [];
  const engine = engineRemote({
    classFolders: async () => ({ key, folders: folders.map((name) => ({ name, images: 2 })) }),
    interveneLibrary: async (one) => {
      asked.push(one as LibraryInterventionRequest);
      return outcome({ grounds: { ...outcome().grounds, key: answer } });
    },
  });
  const to: AppliedTo = {
    engine: () => engine,
    library: {
      indexedSubject: async () => ({ request, study: 'study' }),
      answeredFor: (study) => {
        answeredFor.push(study);
        return true;
      },
    },
    classTemplate: () => 'a {}',
    prompts: () => ['a wolf', 'a dog'],
    ...services,
  };
  const { signal } = new AbortController();
  return { asked, answeredFor, run: () => applyToLibrary(to, intervention, 'study', { signal }) };
}

describe('applying an intervention to the library', () => {
  it('takes class folders for classes', async () => {
    const { asked, run } = applied(['images/wolf', 'images/police_car', '.']);
    expect(await run()).toEqual({ classes: ['police car', 'wolf'], outcome: outcome() });
    expect(asked).toEqual([
      {
        ...request,
        intervention,
        classes: [
          {
            name: 'police car',
            direction: { kind: 'prompt', text: 'a police car' },
            folders: ['images/police_car'],
          },
          { name: 'wolf', direction: { kind: 'prompt', text: 'a wolf' }, folders: ['images/wolf'] },
        ],
        most: 200,
      },
    ]);
  });

  it('takes the prompts where there are no two, and knows no truth then', async () => {
    const { asked, run } = applied(['images/wolf']);
    expect((await run()).classes).toEqual(['a wolf', 'a dog']);
    expect(asked[0]?.classes.map(({ folders }) => folders)).toEqual([[], []]);
    await expectError(applied(['.'], { prompts: () => ['a wolf'] }).run(), 'library', 'Add a prompt');
  });

  it('says what is missing where nothing is indexed', async () => {
    const none = new ClipsightError('library', 'No images were indexed.', 'Choose “Index Images” first.');
    const library = { indexedSubject: () => Promise.reject(none), answeredFor: () => true };
    await expectError(applied(['a', 'b'], { library }).run(), 'library', 'Index Images');
  });

  it('never gives the numbers of another study', async () => {
    const other = { request, study: 'other' };
    const library = { indexedSubject: async () => other, answeredFor: () => true };
    await expectError(applied(['a', 'b'], { library }).run(), 'library', 'another model or dictionary');
    for (const change of [{ key: 'other' }, { answer: 'other' }]) {
      const { answeredFor, run } = applied(['a', 'b'], change);
      await expectError(run(), 'library', 'another model or dictionary');
      expect(answeredFor).toEqual(['other']);
    }
  });

  it('refuses a template that names no class', async () => {
    const { run, asked } = applied(['a', 'b'], { classTemplate: () => 'a photo' });
    await expectError(run(), 'configuration', 'clipsight.classTemplate', '{}');
    expect(asked).toEqual([]);
  });
});
