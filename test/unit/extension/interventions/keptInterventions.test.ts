import { describe, expect, it } from 'vitest';
import { keptInterventions } from '../../../../src/extension/interventions/keptInterventions';
import { withIntervention, withoutIntervention } from '../../../../src/shared/interventionFile';
import { expectError } from '../../../support/expectError';
import { keeping, memoryFile, named } from './memoryFile';

describe('interventions that are kept', () => {
  it('are none before there is a file', async () => {
    const file = memoryFile();
    const kept = keptInterventions(file);
    expect(await kept.all()).toEqual([]);
    await kept.change((all) => withIntervention(all, named('a')));
    expect(await kept.all()).toEqual([named('a')]);
  });

  it('lose nothing when they are changed twice at once, or by somebody else in between', async () => {
    const { file, kept } = keeping();
    await Promise.all(
      ['a', 'b', 'c'].map((name) => kept.change((all) => withIntervention(all, named(name)))),
    );
    await keptInterventions(file).change((all) => withIntervention(all, named('d', { key: 'other' })));
    await kept.change((all) => withoutIntervention(all, named('b')));
    expect((await kept.all()).map(({ name }) => name)).toEqual(['a', 'c', 'd']);
  });

  it('are not written where nothing is another', async () => {
    const { file, kept } = keeping(named('a'));
    await kept.change((all) => withIntervention(all, named('a')));
    expect(file.writes).toBe(0);
  });

  it('are never written over what cannot be understood, and go on when that is mended', async () => {
    const file = memoryFile('{ "version": 1, // mine');
    const kept = keptInterventions(file);
    const change = () => kept.change((all) => withIntervention(all, named('a')));
    await expectError(change(), 'configuration', file.name);
    expect(file).toMatchObject({ text: '{ "version": 1, // mine', writes: 0 });
    file.text = null;
    await change();
    expect(await kept.all()).toEqual([named('a')]);
  });
});
