import { describe, expect, it } from 'vitest';
import { pop, push } from '../../../../src/extension/inspector/history';
import { InspectorMemory, type StoredInspector } from '../../../../src/extension/inspector/inspectorMemory';
import { selectionImage } from '../../../../src/extension/inspector/selectionImage';
import { openPanel, report, startRun, withComponents } from '../../../../src/extension/views/panelModel';
import { analysisOutcome, studyInfo } from '../../fixtures';
import { testMemento } from '../models/fixtures';

function computed(prompts: readonly string[]) {
  const model = startRun(openPanel(['wolf.jpg', 'cat.jpg'], prompts), prompts);
  const images = [
    analysisOutcome(
      [3, 7],
      [1.5, 2],
      [
        [0.25, -0.5],
        [0.125, 0.75],
      ],
    ),
  ];
  return report(model, model.run, {
    kind: 'outcomes',
    first: 0,
    response: { study: studyInfo(), images, notes: [] },
  });
}

describe('what a selected component does in an image', () => {
  const prompts = ['a wolf', 'a dog'];
  const { state } = computed(prompts);

  it('is its activation, and its attribution for each prompt', () => {
    expect(selectionImage(state, 0, 7, prompts)).toEqual({
      name: 'wolf.jpg',
      activation: 2,
      attributions: [-0.5, 0.75],
    });
  });

  it('is nothing where it is silent', () => {
    expect(selectionImage(state, 0, 4, prompts)).toEqual({
      name: 'wolf.jpg',
      activation: 0,
      attributions: [0, 0],
    });
  });

  it('is not known for other prompts, for images not computed yet, and for none', () => {
    expect(selectionImage(state, 0, 7, ['a wolf'])).toBeNull();
    expect(selectionImage(state, 0, 7, ['a dog', 'a wolf'])).toBeNull();
    expect(selectionImage(state, 1, 7, prompts)).toBeNull();
    expect(selectionImage(state, 2, 7, prompts)).toBeNull();
  });
});

describe('what the library says of components in a panel', () => {
  const components = { judge: null, known: [], selected: 7 };

  it('is shown, and forgotten with the study that it is of', () => {
    const shown = withComponents(computed(['a wolf']), components);
    expect(shown.state.components).toBe(components);
    expect(startRun(shown, ['a wolf']).state.components).toBeNull();
  });

  it('is a new state only where it is new', () => {
    const model = computed(['a wolf']);
    expect(withComponents(model, null)).toBe(model);
    expect(withComponents(model, components).state.revision).toBe(model.state.revision + 1);
  });
});

describe('the way back', () => {
  it('leads to the components that were shown before, the latest first', () => {
    const history = push(push(push([], null), 3), 7);
    const last = pop(history);
    expect(last).toEqual({ entry: 7, rest: [3] });
    expect(pop(last!.rest)).toEqual({ entry: 3, rest: [] });
    expect(pop([])).toBeNull();
  });

  it('does not grow without end', () => {
    const long = Array.from({ length: 300 }, (_, i) => i).reduce<readonly number[]>(push, []);
    expect(long.length).toBe(100);
    expect(pop(long)?.entry).toBe(299);
  });
});

describe('what the inspector remembers', () => {
  const stored: StoredInspector = {
    study: 'study',
    component: 7,
    history: [3],
    order: { kind: 'relevance', prompt: 1 },
    samples: 48,
    search: 'snow',
  };

  it('is there again after a reload', async () => {
    const storage = testMemento();
    await new InspectorMemory(storage).keep(stored);
    expect(new InspectorMemory(storage).recall('study')).toEqual(stored);
  });

  it('is of its study only', async () => {
    const memory = new InspectorMemory(testMemento());
    await memory.keep(stored);
    expect(memory.recall('another')).toBeNull();
  });

  it('is nothing where it cannot be read', () => {
    const storage = testMemento({ 'clipsight.inspector': { study: 'study', component: -1 } });
    expect(new InspectorMemory(storage).recall('study')).toBeNull();
  });
});
