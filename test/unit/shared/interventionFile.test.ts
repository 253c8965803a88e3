import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClipsightError } from '../../../src/shared/errors';
import type { NamedIntervention } from '../../../src/shared/intervention';
import {
  findIntervention,
  formatInterventionFile,
  parseInterventionFile,
  withIntervention,
  withoutIntervention,
} from '../../../src/shared/interventionFile';

function named(name: string, change: Partial<NamedIntervention> = {}): NamedIntervention {
  return {
    name,
    key: 'study',
    model: 'emoji-clip',
    dictionary: 'sae-cls',
    intervention: [{ component: 3, factor: 0 }],
    ...change,
  };
}

const anyNamed = fc.record({
  name: fc.string({ minLength: 1, maxLength: 20 }),
  key: fc.constantFrom('a', 'b'),
  model: fc.string(),
  dictionary: fc.string(),
  intervention: fc.uniqueArray(
    fc.record({ component: fc.nat(5000), factor: fc.double({ min: 0, max: 10, noNaN: true }) }),
    { selector: ({ component }) => component, maxLength: 5 },
  ),
});
const several = fc.uniqueArray(anyNamed, { selector: ({ name, key }) => `${name}\n${key}`, maxLength: 6 });

function errorOf(text: string): ClipsightError {
  try {
    parseInterventionFile(text, 'x/interventions.json');
  } catch (thrown) {
    return thrown as ClipsightError;
  }
  throw new Error('it was read');
}

describe('a file of named interventions', () => {
  it('gives back what was written, sorted by name', () => {
    fc.assert(
      fc.property(several, (all) => {
        const read = parseInterventionFile(formatInterventionFile(all), 'f');
        expect(read.map(({ name }) => name)).toEqual(all.map(({ name }) => name).toSorted());
        for (const one of all) {
          const { intervention, ...rest } = findIntervention(read, one)!;
          expect(rest).toEqual({
            name: one.name,
            key: one.key,
            model: one.model,
            dictionary: one.dictionary,
          });
          expect(new Map(intervention.map(({ component, factor }) => [component, factor + 0]))).toEqual(
            new Map(one.intervention.map(({ component, factor }) => [component, factor + 0])),
          );
        }
      }),
    );
  });

  it('is the same text in whatever order things were added', () => {
    const all = [named('b'), named('a', { key: 'other' }), named('a')];
    const text = formatInterventionFile(all);
    expect(formatInterventionFile(all.toReversed())).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
    const scalings = [
      { component: 1, factor: 2 },
      { component: 7, factor: 0 },
    ];
    expect(formatInterventionFile([named('a', { intervention: scalings })])).toBe(
      formatInterventionFile([named('a', { intervention: scalings.toReversed() })]),
    );
  });

  it('is refused with its name where it is not as it should be', () => {
    const good = { version: 1, interventions: [named('a')] };
    const texts = {
      'no JSON': '{',
      version: JSON.stringify({ ...good, version: 0 }),
      'interventions.0.key': JSON.stringify({ ...good, interventions: [{ ...named('a'), key: 1 }] }),
      'interventions.0.intervention.0.factor': JSON.stringify({
        ...good,
        interventions: [named('a', { intervention: [{ component: 1, factor: -1 }] })],
      }),
      'two interventions “a”': JSON.stringify({ ...good, interventions: [named('a'), named('a')] }),
    };
    for (const [part, text] of Object.entries(texts)) {
      const { code, message, remedy } = errorOf(text);
      expect({ code, message, remedy }).toEqual({
        code: 'configuration',
        message: expect.stringMatching(/^x\/interventions\.json /),
        remedy: expect.any(String),
      });
      expect(message).toContain(part);
    }
    expect(errorOf(JSON.stringify({ ...good, version: 2, more: 1 })).remedy).toBe('Update Clipsight.');
  });

  it('never fails in another way', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parseInterventionFile(text, 'f');
        } catch (thrown) {
          expect((thrown as ClipsightError).code).toBe('configuration');
        }
      }),
    );
  });
});

describe('named interventions', () => {
  it('are replaced and forgotten in their own study only', () => {
    const other = named('a', { key: 'other', intervention: [{ component: 9, factor: 2 }] });
    const changed = named('a', { intervention: [{ component: 4, factor: 0 }] });
    const all = withIntervention(withIntervention([named('b'), other], named('a')), changed);
    expect(all).toEqual([other, changed, named('b')]);
    expect(withoutIntervention(all, { name: 'a', key: 'study' })).toEqual([other, named('b')]);
    expect(withoutIntervention(all, { name: 'c', key: 'study' })).toEqual(all);
  });
});
