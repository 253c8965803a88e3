import { expect, test, vi } from 'vitest';
import {
  type MapAnalysis,
  type MapEngine,
  MapHost,
  type MapListener,
  type MapSources,
} from '../../../src/extension/views/mapHost';
import type { EngineProtocol } from '../../../src/shared/engineProtocol';
import { ClipsightError } from '../../../src/shared/errors';
import type { ComponentMap } from '../../../src/shared/library';
import type { Progress, Remote } from '../../../src/shared/rpc/protocol';
import { engineRemote } from '../../support/engineRemote';
import { analysisOutcome } from '../fixtures';

const request = { library: '/library.duckdb', study: { model: '/model', dictionary: '/sae' }, judge: null };
const subject = { request, vocabulary: { texts: ['wolf'], nouns: true }, study: 'study' };
const components = Int32Array.of(2, 5, 9);

function mapOf(layout: ComponentMap['layout'], of = components, key = 'study'): ComponentMap {
  return {
    grounds: { key, access: { kind: 'owner' }, judge: null, images: 100, notes: [] },
    layout,
    components: of,
    x: new Float32Array(of.length),
    y: new Float32Array(of.length),
    firingRates: new Float32Array(of.length).fill(0.1),
    names: Array.from(of, String),
  };
}

/** Answers that come when the test says so. */
function later<Value>(): { readonly answer: Promise<Value>; readonly give: (value: Value) => void } {
  let give!: (value: Value) => void;
  const answer = new Promise<Value>((resolve) => {
    give = resolve;
  });
  return { answer, give };
}

interface Setting {
  readonly host: MapHost;
  readonly progress: (Progress | null)[];
  readonly prompts: string[];
  readonly sources: { analysis: MapAnalysis | null; selected: number | null };
  readonly select: ReturnType<typeof vi.fn>;
  readonly answeredFor: ReturnType<typeof vi.fn>;
}

function setting(
  engine: Partial<Remote<EngineProtocol>>,
  subjectOf: MapSources['subject'] = async () => subject,
): Setting {
  const answers: Partial<Remote<EngineProtocol>> = {
    mapComponents: async ({ layout }) => mapOf(layout),
    alignments: async ({ text }) => ({
      key: 'study',
      // In another order than that of the map, and of one component more.
      components: Int32Array.of(9, 7, 5, 2),
      alignments: Float32Array.of(0.9, 0.7, 0.5, text.length),
    }),
    ...engine,
  };
  const remote: MapEngine = engineRemote(answers);
  const progress: (Progress | null)[] = [];
  const listener: MapListener = { onState: () => {}, onProgress: (now) => progress.push(now) };
  const prompts = ['wolf', 'a dog'];
  const sources: Setting['sources'] = { analysis: null, selected: null };
  const select = vi.fn();
  const answeredFor = vi.fn();
  const host = new MapHost(
    {
      engine: () => remote,
      subject: subjectOf,
      prompts: () => prompts,
      analysis: () => sources.analysis,
      selected: () => sources.selected,
      select,
      answeredFor,
    },
    listener,
  );
  return { host, progress, prompts, sources, select, answeredFor };
}

const laid = async ({ host }: Setting) => {
  await vi.waitFor(() => expect(host.state.map?.layout).toBe('umap'));
  return host;
};

test('shows PCA until UMAP is there, and how far it is', async () => {
  const umap = later<ComponentMap>();
  const asked: string[] = [];
  const set = setting({
    mapComponents: async ({ layout, ...rest }, options) => {
      asked.push(layout);
      expect(rest).toEqual({ ...request, vocabulary: subject.vocabulary });
      options?.onProgress?.({ stage: layout, done: 1, total: 2 });
      return layout === 'pca' ? mapOf('pca') : umap.answer;
    },
  });
  await vi.waitFor(() => expect(set.host.state.map?.layout).toBe('pca'));
  await vi.waitFor(() => expect(set.host.state.progress).toEqual({ stage: 'umap', done: 1, total: 2 }));
  umap.give(mapOf('umap'));
  const host = await laid(set);
  expect(host.state.progress).toBeNull();
  expect(asked).toEqual(['pca', 'umap']);
  expect(set.progress).toContainEqual({ stage: 'pca', done: 1, total: 2 });
});

test('a map without components is not laid out again', async () => {
  const asked: string[] = [];
  const { host } = setting({
    mapComponents: async ({ layout }) => {
      asked.push(layout);
      return mapOf(layout, new Int32Array());
    },
  });
  await vi.waitFor(() => expect(host.state.map).not.toBeNull());
  await Promise.resolve();
  expect(asked).toEqual(['pca']);
  expect(host.state.progress).toBeNull();
});

test('a change of the library cancels what is under way and drops its answer', async () => {
  const first = later<ComponentMap>();
  const signals: (AbortSignal | undefined)[] = [];
  const set = setting({
    mapComponents: async ({ layout }, options) => {
      signals.push(options?.signal);
      return signals.length === 1 ? first.answer : mapOf(layout, Int32Array.of(1));
    },
  });
  await vi.waitFor(() => expect(signals).toHaveLength(1));
  const again = set.host.load();
  expect(signals[0]?.aborted).toBe(true);
  first.give(mapOf('pca'));
  await again;
  expect([...set.host.state.map!.components]).toEqual([1]);
});

test('what went wrong is told, with the map of before; trying again clears it', async () => {
  const failing = { is: false };
  const set = setting({}, async () => {
    if (failing.is) throw new ClipsightError('library', 'No folder is open.', 'Open one.');
    return subject;
  });
  await laid(set);
  failing.is = true;
  await set.host.load();
  expect(set.host.state.error).toEqual({
    code: 'library',
    message: 'No folder is open.',
    remedy: 'Open one.',
  });
  expect(set.host.state.map?.layout).toBe('umap');
  expect(set.host.state.progress).toBeNull();
  failing.is = false;
  await set.host.load();
  expect(set.host.state.error).toBeNull();
});

test('alignments come in the order of the map, and are asked for once per text', async () => {
  const texts: string[] = [];
  const set = setting({
    alignments: async ({ text, ...rest }) => {
      expect(rest).toEqual(request);
      texts.push(text);
      return { key: 'study', components: Int32Array.of(9, 5), alignments: Float32Array.of(0.9, 0.5) };
    },
  });
  const host = await laid(set);
  host.setColour({ kind: 'alignment', prompt: 1 });
  expect(host.state.values).toBeNull();
  await vi.waitFor(() => expect(host.state.values).not.toBeNull());
  expect([...host.state.values!]).toEqual([Number.NaN, 0.5, Math.fround(0.9)]);
  host.setColour({ kind: 'firing-rate' });
  expect(host.state.values).toBeNull();
  host.setColour({ kind: 'alignment', prompt: 1 });
  expect(host.state.values).not.toBeNull();
  expect(texts).toEqual(['a dog']);
});

test('an alignment that is no longer wanted is not shown', async () => {
  const slow = later<Awaited<ReturnType<MapEngine['alignments']>>>();
  const set = setting({ alignments: () => slow.answer });
  const host = await laid(set);
  host.setColour({ kind: 'alignment', prompt: 0 });
  host.setColour({ kind: 'firing-rate' });
  slow.give({ key: 'study', components: Int32Array.of(2, 5, 9), alignments: new Float32Array(3) });
  await new Promise((resolve) => setTimeout(resolve));
  expect(host.state.values).toBeNull();
});

test('nothing of another study stands in the map, and that there was something is told', async () => {
  const key = { is: 'study' };
  const set = setting({
    mapComponents: async ({ layout }) => mapOf(layout, components, key.is),
    alignments: async () => ({ key: key.is, components, alignments: new Float32Array(3) }),
    summarise: async () => ({ grounds: mapOf('pca', components, key.is).grounds, components: [] }),
  });
  const host = await laid(set);
  const { map } = host.state;
  key.is = 'changed';
  host.setColour({ kind: 'alignment', prompt: 0 });
  await vi.waitFor(() => expect(host.state.error?.code).toBe('checkpoint'));
  expect(host.state.values).toBeNull();
  await expect(host.summarise([2], new AbortController().signal)).rejects.toMatchObject({
    code: 'checkpoint',
  });
  await host.load();
  expect(host.state).toMatchObject({ error: { code: 'checkpoint' }, progress: null });
  expect(host.state.map).toBe(map);
  expect(set.answeredFor.mock.calls).toEqual([['changed'], ['changed'], ['changed']]);
});

test('an alignment that fails is told', async () => {
  const set = setting({
    alignments: async () => {
      throw new ClipsightError('prompt', 'It cannot be read.');
    },
  });
  const host = await laid(set);
  host.setColour({ kind: 'alignment', prompt: 0 });
  await vi.waitFor(() => expect(host.state.error?.code).toBe('prompt'));
});

test('attributions are those of the image used last, by the text of the prompt', async () => {
  const outcome = analysisOutcome(
    [5, 9, 11],
    [1, 1, 1],
    [
      [0.1, 0.2, 0.3],
      [-1, -2, -3],
    ],
  );
  if (outcome.kind !== 'analysis') throw new Error('no analysis');
  const set = setting({});
  const host = await laid(set);
  set.sources.analysis = { name: 'wolf.jpg', prompts: ['a dog', 'wolf'], analysis: outcome.analysis };
  host.analysisChanged();
  expect(host.state.image).toBe('wolf.jpg');
  host.setColour({ kind: 'attribution', prompt: 0 });
  expect([...host.state.values!]).toEqual([Number.NaN, -1, -2]);
  // The image was not computed for this one.
  set.prompts.push('a car');
  host.promptsChanged();
  host.setColour({ kind: 'attribution', prompt: 2 });
  expect([...host.state.values!]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  set.sources.analysis = null;
  host.analysisChanged();
  expect(host.state).toMatchObject({ image: null, colour: { kind: 'firing-rate' }, values: null });
});

test('the colour follows its prompt, and goes with it', async () => {
  const set = setting({});
  const host = await laid(set);
  host.setColour({ kind: 'alignment', prompt: 1 });
  await vi.waitFor(() => expect(host.state.values).not.toBeNull());
  const { values } = host.state;
  set.prompts.unshift('a car');
  host.promptsChanged();
  expect(host.state.colour).toEqual({ kind: 'alignment', prompt: 2 });
  expect(host.state.values).toBe(values);
  set.prompts.splice(2, 1);
  host.promptsChanged();
  expect(host.state).toMatchObject({
    prompts: ['a car', 'wolf'],
    colour: { kind: 'firing-rate' },
    values: null,
  });
  expect(() => host.setColour({ kind: 'alignment', prompt: 7 })).toThrow(/no prompt 7/);
});

test('a selection is shown at once, told, and follows the inspector', async () => {
  const set = setting({});
  const host = await laid(set);
  host.select(5);
  expect(host.state.selected).toBe(5);
  expect(set.select).toHaveBeenCalledWith(5);
  set.sources.selected = 9;
  host.selectionChanged();
  expect(host.state.selected).toBe(9);
  const { revision } = host.state;
  host.selectionChanged();
  expect(host.state.revision).toBe(revision);
});

test('before there is a map nothing is known of components, and there are no pictures', async () => {
  const { host } = setting({ mapComponents: () => new Promise(() => {}) });
  const { signal } = new AbortController();
  expect(await host.summarise([1], signal)).toEqual([]);
  expect(() => host.thumbnail('00', 64, signal)).toThrow(/no picture/);
  host.dispose();
});
