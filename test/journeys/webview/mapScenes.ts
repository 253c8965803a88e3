import type { ComponentMap } from '../../../src/shared/library';
import type { MapState } from '../../../src/shared/mapProtocol';
import { summaryOf } from './scenes';

/** The same numbers in [0, 1) every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A made-up layout: groups of a few dozen components, around as many middles; PCA has them closer together. */
export function mapOf(
  size: number,
  layout: 'pca' | 'umap',
  judge: string | null = 'emoji-judge',
): ComponentMap {
  const random = numbers(11);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const groups = Array.from({ length: Math.max(1, Math.round(size / 40)) }, () => ({
    x: (random() - 0.5) * 1.7,
    y: (random() - 0.5) * 1.7,
    width: 0.02 + 0.05 * random(),
  }));
  const components = Int32Array.from({ length: size }, (_, i) => i * 2 + (i % 3 === 0 ? 1 : 0)).sort();
  const [x, y, rates] = [new Float32Array(size), new Float32Array(size), new Float32Array(size)];
  for (let i = 0; i < size; i++) {
    const group = groups[i % groups.length]!;
    const [a, b] = [normal(), normal()];
    const near = layout === 'umap' ? group.width : 0.2;
    const pull = layout === 'umap' ? 1 : 0.5;
    x[i] = Math.max(-1, Math.min(1, pull * group.x + near * a));
    y[i] = Math.max(-1, Math.min(1, pull * group.y + near * b));
    rates[i] = 10 ** (-0.5 - 3 * random());
  }
  return {
    grounds: { key: 'study', access: { kind: 'owner' }, judge, images: 2000, notes: [] },
    layout,
    components,
    x,
    y,
    firingRates: rates,
    names: Array.from(components, (component) => {
      const { annotation, labels } = summaryOf(component);
      return annotation.name ?? labels[0]?.text ?? '';
    }),
  };
}

/** What the made-up engine says of a prompt: how well it goes with each component. */
export function alignmentsOf(map: ComponentMap, prompt: number): Float32Array {
  const random = numbers(100 + prompt);
  return map.x.map((x, i) => 0.25 * Math.sin(2 * x + prompt) * Math.cos(2 * map.y[i]!) + 0.05 * random());
}

/** One in eight is active in the image. */
export function attributionsOf(map: ComponentMap, prompt: number): Float32Array {
  const random = numbers(200 + prompt);
  return map.x.map((x) => {
    const value = (random() - 0.4) * 0.06 * (1 + x);
    return random() < 0.125 ? value : Number.NaN;
  });
}

function state(change: Partial<MapState>): MapState {
  return {
    revision: 1,
    map: mapOf(1000, 'umap'),
    prompts: ['a photo of a wolf', 'a dog', 'a camera with a long lens on a wooden table in the sun'],
    image: 'images/wolf/wolf_00.jpg',
    colour: { kind: 'firing-rate' },
    values: null,
    selected: null,
    progress: null,
    error: null,
    ...change,
  };
}

const thousand = mapOf(1000, 'umap');

export const mapScenes = {
  map: state({ map: thousand, selected: thousand.components[7]! }),
  alignment: state({
    map: thousand,
    colour: { kind: 'alignment', prompt: 0 },
    values: alignmentsOf(thousand, 0),
  }),
  attribution: state({
    map: thousand,
    colour: { kind: 'attribution', prompt: 2 },
    values: attributionsOf(thousand, 2),
  }),
  computing: state({ map: thousand, colour: { kind: 'alignment', prompt: 1 } }),
  pca: state({ map: mapOf(1000, 'pca', null), progress: { stage: 'UMAP', done: 120, total: 500 } }),
  many: state({ map: mapOf(30_000, 'umap') }),
  few: state({ map: mapOf(12, 'umap'), image: null, prompts: [] }),
  one: state({ map: mapOf(1, 'pca') }),
  loading: state({ map: null, progress: { stage: 'Labels', done: 3, total: 10 } }),
  empty: state({
    map: { ...mapOf(0, 'pca'), grounds: { ...mapOf(0, 'pca').grounds, images: 0 } },
  }),
  poor: state({ map: mapOf(0, 'pca') }),
  error: state({
    map: null,
    error: {
      code: 'library',
      message: 'The library /workspace/.clipsight/library.duckdb cannot be read.',
      remedy: 'Close the program that has it open.',
    },
  }),
} satisfies Record<string, MapState>;
export type MapScene = keyof typeof mapScenes;
