import { describe, expect, it } from 'vitest';
import {
  type CompareModel,
  directionsOf,
  namedPair,
  openCompare,
  reported,
  startComparison,
  withContent,
  withoutNumbers,
} from '../../../../src/extension/compare/compareModel';
import { type Content, withDraft } from '../../../../src/extension/compare/content';
import {
  comparedOf,
  comparisonText,
  exportedComponents,
} from '../../../../src/extension/compare/exportComparison';
import { ofGroup } from '../../../../src/extension/compare/whatToCompare';
import type { ComponentSummary } from '../../../../src/shared/library';
import type { StudyInfo } from '../../../../src/shared/study';
import { groupOf } from './groups';

const fallback = { parts: ['a photo of a ', ''], changes: [] };
const around = { fallback, label: (uri: string) => uri.replace('file:///', ''), size: 3 };
const study = {
  key: 'k',
  model: { id: 'm', sha256: 's', logitScale: 100, logitBias: null },
  dictionary: { id: 'd', sha256: 't', layer: 3, tokens: 'cls', size: 8 },
  computed: { device: 'webgpu', precision: 'fp32' },
} as StudyInfo;
const engine = { version: '1', pid: 1 };

const open = (content: Content) => openCompare(content, ['a.png'], around);
const content = ofGroup(groupOf(['a', 'b', 'c']), null).content;

/** Scores of everything, in the order of the columns. */
function scored(model: CompareModel, similarities: readonly number[]): CompareModel {
  const started = startComparison(model);
  const directions = directionsOf(model.content, fallback).map(({ name }) => name);
  const scores = {
    directions,
    failures: [null],
    similarities: Float32Array.from(similarities),
    readings: directions.map(() => []),
  };
  return reported(started, started.run, { kind: 'scores', study, scores });
}

describe('the model of the compare view', () => {
  it('drops what an earlier run still reports', () => {
    const first = startComparison(open(content));
    const second = startComparison(first);
    expect(reported(second, first.run, { kind: 'engine', engine })).toBe(second);
    expect(reported(second, second.run, { kind: 'engine', engine }).state.engine).toEqual(engine);
  });

  it('takes the two best for the pair, rewordings aside, until the person chooses', () => {
    const model = scored(open(withDraft(content, 1, 'b2')), [0.1, 0.2, 0.9, 0.3]);
    expect(model.state.pair).toEqual({ of: 2, against: 1, chosen: false });
    expect(namedPair(model, model.state.scores, fallback)).toMatchObject({
      of: { direction: { kind: 'prompt', text: 'c' } },
      against: { direction: { kind: 'prompt', text: 'b' } },
    });
    const chosen = withContent(model, { ...model.content, pair: { of: 0, against: 2 } }, around);
    expect(chosen.state.pair).toEqual({ of: 0, against: 2, chosen: true });
  });

  it('fills classes into their templates, or into the one chosen', () => {
    const templates = ['a {}', 'the {}'].map((text) => ({ parts: text.split('{}'), changes: [] }));
    const classes = ofGroup(groupOf(['cat'], { kind: 'class', templates }), null).content;
    const model = open(classes);
    expect(model.state.templates).toEqual({ texts: ['a {}', 'the {}'], chosen: null });
    expect(model.state.columns[0]).toMatchObject({ text: 'cat', texts: 2, scored: 'a cat' });
    const one = withContent(model, { ...classes, fillings: { template: 'the {}', name: null } }, around);
    expect(one.state.templates?.chosen).toBe(1);
    expect(one.state.columns[0]).toMatchObject({ texts: 1, scored: 'the cat' });
    expect(one.state.columns[0]!.direction).not.toBe(model.state.columns[0]!.direction);
  });

  it('has no direction for a template that nothing is known to fill', () => {
    const template = ofGroup(groupOf(['a {}'], { kind: 'template' }), null).content;
    expect(open(template).state.columns[0]).toMatchObject({ scored: null, direction: '' });
    expect(directionsOf(template, fallback)).toEqual([]);
  });

  it('asks for the same text once', () => {
    expect(directionsOf(ofGroup(groupOf(['a', 'a', 'b']), null).content, fallback)).toHaveLength(2);
  });

  it('forgets all numbers with other images', () => {
    const model = withoutNumbers(scored(open(content), [0.1, 0.2, 0.3]), ['b.png'], []);
    expect(model.state).toMatchObject({ images: ['b.png'], scores: null, study: null, pair: null });
  });

  it('says that a group is shown in part', () => {
    const part = openCompare({ ...content, chosenBy: 'score' }, [], { ...around, size: 100 });
    expect(part.state.part).toEqual({ of: 100, by: 'score', known: true });
    expect(open(content).state.part).toBeNull();
  });
});

describe('the export', () => {
  it('is refused before everything is computed', () => {
    expect(() => comparedOf(scored(open(content), [0.1, 0.2, 0.3]).state, [])).toThrow(/Not everything/);
  });

  it('is in the order of the columns, without what is only tried', () => {
    const model = scored(open(withDraft(content, 0, 'a2')), [0.1, 0.9, 0.2, 0.3]);
    const directions = model.state.scores!.directions;
    const state = {
      ...model.state,
      engine,
      heat: {
        directions,
        components: Int32Array.of(5),
        attributions: Float32Array.of(0.5, 0.25, -0.5, 0),
        activations: Float32Array.of(2),
        totals: Float32Array.of(1, 1, 1, 1),
      },
      relation: { directions, cosines: Float32Array.from({ length: 16 }, (_, i) => i) },
    };
    const json = JSON.parse(comparisonText(state, [], 'json'));
    expect(json.prompts.map(({ prompt }: { prompt: string }) => prompt)).toEqual(['a', 'b', 'c']);
    expect(json.components).toEqual([
      { latent: 5, label: null, activation: 2, attributions: [0.5, -0.5, 0] },
    ]);
    expect(json.relation).toEqual([
      [0, 2, 3],
      [8, 10, 11],
      [12, 14, 15],
    ]);
    const [head, ...rows] = comparisonText(state, [], 'csv').trimEnd().split('\r\n');
    expect(head).toMatch(/^prompt,similarity,confidence,total,latent,label,attribution,activation,images,/);
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatch(/^b,0\.2/);
    const named = { component: 5, annotation: { name: 'wolf ears' }, labels: [] };
    const labelled = comparisonText(state, [named as unknown as ComponentSummary], 'json');
    expect(JSON.parse(labelled).components[0]).toMatchObject({ latent: 5, label: 'wolf ears' });
    expect(exportedComponents(state)).toEqual([5]);
  });
});
