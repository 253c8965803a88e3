import type { IndexingState, InspectorState } from '../../../src/shared/inspectorProtocol';
import {
  type Annotation,
  type ComponentCard,
  type ComponentSummary,
  type Grounds,
  noAnnotation,
  type Sample,
} from '../../../src/shared/library';
import { study } from './scenes';

/** Pictures of the made-up library, in the order of their numbers; `wide` has parts that the model did not see. */
export const libraryPictures = [
  'wolf/wolf_00',
  'wide',
  'wolf/wolf_01',
  'dog/dog_00',
  'fox/fox_00',
  'bear/bear_01',
  'dog/dog_01',
  'fox/fox_01',
  'cow/cow_00',
  'cat/cat_00',
  'bear/bear_00',
  'owl/owl_00',
  'mixed/mixed_03',
  'camera/camera_00',
  'key/key_00',
  'car/car_01',
  'book/book_00',
  'bread/bread_01',
  'hot_dog/hot_dog_01',
  'drake/drake_02',
].map((name) => `images/${name}.jpg`);

/** Picture number `index`; pictures repeat where there are more than the demo has. The number 13 cannot be shown. */
export function sha256Of(index: number): string {
  return index.toString(16).padStart(64, '0');
}

export function pictureOf(sha256: string): string {
  return libraryPictures[Number.parseInt(sha256, 16) % libraryPictures.length]!;
}

export const unreadable = sha256Of(13);

interface SampleOptions {
  readonly regions?: boolean;
  readonly relevance?: boolean;
  readonly folder?: string;
}

export function samplesOf(
  length: number,
  { regions = false, relevance = false, folder = '' }: SampleOptions = {},
): Sample[] {
  return Array.from({ length }, (_, index): Sample => {
    const name = libraryPictures[index % libraryPictures.length]!;
    const wide = name.endsWith('wide.jpg');
    const crop = { left: wide ? 192 : 0, top: 0, width: 192, height: 192 };
    const token = (index * 29) % 64;
    return {
      path: `/pictures/${folder}${name}`,
      sha256: sha256Of(index),
      width: wide ? 576 : 192,
      height: 192,
      crop,
      activation: 4.3 * 0.985 ** index,
      mean: 1.1 * 0.98 ** index,
      token: regions ? token + 1 : 0,
      region: regions
        ? { left: crop.left + 24 * (token % 8), top: 24 * Math.floor(token / 8), width: 24, height: 24 }
        : null,
      relevance: relevance ? 0.041 * 0.9 ** index * (index % 5 === 4 ? -1 : 1) : null,
    };
  });
}

export const labels = ['wolf', 'husky', 'fox', 'snow', 'coyote'];

export function summaryOf(component: number, change: Partial<ComponentSummary> = {}): ComponentSummary {
  const shift = component % 7;
  const all = samplesOf(20);
  return {
    component,
    annotation: noAnnotation,
    labels: labels.map((_, rank) => ({
      text: labels[(rank + shift) % labels.length]!,
      alignment: 0.31 - 0.045 * rank,
    })),
    n: 20,
    firingRate: 0.186,
    samples: [...all.slice(shift), ...all].slice(0, 3),
    ...change,
  };
}

const annotated = (annotation: Partial<Annotation>): Annotation => ({ ...noAnnotation, ...annotation });

function bins(total: number): ComponentCard['histogram'] {
  const weights = Array.from({ length: 20 }, (_, bin) => Math.exp(-bin / 5) + (bin === 15 ? 0.3 : 0));
  const sum = weights.reduce((a, b) => a + b, 0);
  return {
    edges: Float64Array.from({ length: 21 }, (_, edge) => (edge * 4.3) / 20),
    counts: Int32Array.from(weights, (weight, bin) =>
      total === 1 ? Number(bin === 19) : Math.round((total * weight) / sum),
    ),
  };
}

export const prompts = ['a photo of a wolf', 'a dog', 'a camera'];

export function cardOf(component: number, change: Partial<ComponentCard> = {}): ComponentCard {
  return {
    summary: summaryOf(component),
    samples: samplesOf(20),
    searched: { images: 40, all: true },
    maxActivation: 4.3,
    clarity: 0.7134,
    polysemanticity: {
      score: 0.07,
      separation: 0.21,
      groups: [Array.from({ length: 12 }, (_, i) => i), Array.from({ length: 8 }, (_, i) => 12 + i)],
    },
    redundancy: 0.63,
    fired: 40,
    histogram: bins(40),
    where: null,
    nearest: {
      inMeaning: [36, 112, 7, 801].map((other, i) => ({
        component: summaryOf(other),
        cosine: 0.63 - 0.07 * i,
      })),
      inActivation: [112, 900].map((other, i) => ({ component: summaryOf(other), cosine: 0.44 - 0.2 * i })),
    },
    reliance: prompts.map((prompt, i) => ({
      prompt,
      alignment: [0.29, 0.12, -0.08][i]!,
      mean: [0.0216, 0.0031, -0.0007][i]!,
      classes: [
        { name: 'wolf', images: 20, mean: [0.041, 0.006, -0.002][i]! },
        { name: 'mixed', images: 6, mean: [0.012, -0.004, 0.001][i]! },
      ],
    })),
    ...change,
  };
}

const grounds: Grounds = {
  key: 'study',
  access: { kind: 'owner' },
  judge: 'emoji-judge',
  images: 215,
  notes: [],
};

const open: InspectorState['library'] = {
  kind: 'open',
  access: { kind: 'owner' },
  images: 215,
  judged: 215,
  live: 968,
  failures: [],
};

const running: IndexingState = {
  kind: 'running',
  progress: { stage: 'Indexing', done: 734, total: 2000 },
  imagesPerSecond: 34.6,
  secondsLeft: 36.6,
};

function scene(change: Partial<InspectorState> = {}): InspectorState {
  return {
    revision: 0,
    study,
    library: open,
    indexing: null,
    prompts,
    selection: null,
    canGoBack: false,
    pinned: [],
    search: null,
    error: null,
    ...change,
  };
}

type Selection = NonNullable<InspectorState['selection']>;

function selected(
  card: ComponentCard | null,
  change: Partial<Selection> = {},
  state: Partial<InspectorState> = {},
) {
  return scene({
    selection: {
      component: card?.summary.component ?? 549,
      order: { kind: 'max' },
      card,
      grounds: card === null ? null : grounds,
      image: null,
      ...change,
    },
    ...state,
  });
}

const pinned = [
  summaryOf(549, { annotation: annotated({ pinned: true, name: 'wolf’s face' }) }),
  summaryOf(36, { annotation: annotated({ pinned: true, mark: 'spurious' }) }),
  summaryOf(12, { labels: [], n: 3, samples: samplesOf(3) }),
];

const long =
  'a very long label as only a caption of a photograph has it: a grey wolf in deep snow at the edge of a dark spruce forest';

export const scenes = {
  'no-folder': scene({ library: { kind: 'no-folder' }, study: null }),
  opening: scene({ library: { kind: 'opening' }, study: null }),
  'not-indexed': scene({ library: { ...open, images: 0, judged: 0, live: 0 } }),
  'not-indexed-failed': scene({
    library: {
      ...open,
      images: 0,
      judged: 0,
      live: 0,
      failures: [{ path: '/pictures/a.jpg', reason: 'It is empty.' }],
    },
  }),
  indexing: scene({ library: { ...open, images: 0, judged: 0, live: 0 }, indexing: running }),
  'indexing-more': selected(cardOf(549), {}, { indexing: running }),
  preparing: scene({
    library: { ...open, images: 0, judged: 0, live: 0 },
    indexing: {
      kind: 'running',
      progress: { stage: 'loading the model', done: 0, total: 0 },
      imagesPerSecond: null,
      secondsLeft: null,
    },
  }),
  paused: scene({
    library: { ...open, images: 0, judged: 0, live: 0 },
    indexing: { ...running, kind: 'paused', imagesPerSecond: null, secondsLeft: null },
  }),
  snapshot: selected(
    cardOf(549),
    {},
    {
      library: { ...open, access: { kind: 'snapshot', pid: 4711, taken: '2026-03-04T14:32:00' } },
    },
  ),
  'snapshot-empty': scene({
    library: { ...open, images: 0, judged: 0, live: 0, access: { kind: 'snapshot', pid: null, taken: null } },
  }),
  error: selected(
    cardOf(549),
    {},
    {
      error: {
        code: 'library',
        message: 'The library of this workspace cannot be read: its file is damaged.',
        remedy: 'Index the images again.',
      },
      library: {
        ...open,
        failures: [1, 2, 3].map((i) => ({ path: `/pictures/${i}.jpg`, reason: 'It is empty.' })),
      },
    },
  ),
  nothing: scene({ pinned }),
  'nothing-pinned': scene(),
  wolf: selected(
    cardOf(549),
    { image: { name: 'images/wolf/wolf_00.jpg', activation: 4.11, attributions: [0.0216, 0.0044, -0.0745] } },
    { pinned, canGoBack: true },
  ),
  regions: selected(
    cardOf(549, {
      samples: samplesOf(20, { regions: true }),
      where: {
        rows: 8,
        columns: 8,
        counts: Int32Array.from({ length: 64 }, (_, patch) =>
          Math.round(6 * Math.exp(-((Math.floor(patch / 8) - 2) ** 2 + ((patch % 8) - 4) ** 2) / 4)),
        ),
        cls: 4,
      },
    }),
  ),
  cls: selected(cardOf(549, { where: { rows: 8, columns: 8, counts: new Int32Array(64), cls: 40 } })),
  relevance: selected(
    cardOf(549, { samples: samplesOf(12, { relevance: true }), searched: { images: 12, all: false } }),
    {
      order: { kind: 'relevance', prompt: 0 },
    },
  ),
  groups: selected(
    cardOf(549, {
      polysemanticity: {
        score: 0.42,
        separation: 0.61,
        groups: [Array.from({ length: 12 }, (_, i) => i), Array.from({ length: 8 }, (_, i) => 12 + i)],
      },
    }),
  ),
  self: selected(cardOf(549), {
    grounds: {
      ...grounds,
      judge: null,
      notes: ['The labels come from 42 prompts and 6 000 nouns.'],
    },
  }),
  loading: selected(null),
  silent: selected(
    cardOf(9, {
      summary: summaryOf(9, { labels: [], n: 0, firingRate: 0, samples: [] }),
      samples: [],
      maxActivation: null,
      clarity: null,
      polysemanticity: null,
      redundancy: null,
      fired: 0,
      nearest: { inMeaning: [], inActivation: [] },
      reliance: prompts.map((prompt) => ({ prompt, alignment: null, mean: 0, classes: [] })),
    }),
  ),
  one: selected(
    cardOf(10, {
      summary: summaryOf(10, { labels: [], n: 1, firingRate: 1 / 215, samples: samplesOf(1) }),
      samples: samplesOf(1),
      clarity: null,
      polysemanticity: null,
      redundancy: null,
      fired: 1,
      histogram: bins(1),
      nearest: { inMeaning: [], inActivation: [] },
      reliance: prompts.map((prompt) => ({ prompt, alignment: null, mean: null, classes: [] })),
    }),
  ),
  many: selected(
    cardOf(549, {
      samples: samplesOf(500, { regions: true }),
      fired: 1840,
      searched: { images: 1840, all: true },
    }),
    {},
    {
      library: {
        ...open,
        images: 100_000,
        judged: 61_204,
        failures: [{ path: '/a.jpg', reason: 'It is empty.' }],
      },
    },
  ),
  more: selected(cardOf(549, { fired: 120 })),
  long: selected(
    cardOf(123_456, {
      summary: summaryOf(123_456, {
        annotation: annotated({
          name: 'averylongwordwithoutanyspaceinit'.repeat(4),
          note: long,
          mark: 'spurious',
        }),
        labels: [
          { text: long, alignment: 0.31 },
          { text: 'صورة ذئب في الثلج', alignment: 0.2 },
          { text: '一只狼的照片', alignment: -0.02 },
        ],
      }),
      samples: samplesOf(20, { folder: `${'a_folder_with_a_long_name/'.repeat(6)}` }),
      reliance: Array.from({ length: 30 }, (_, i) => ({
        prompt: `${i}: ${long}`,
        alignment: 0.3 - 0.02 * i,
        mean: 0.03 * 0.8 ** i,
        classes: [{ name: 'averylongclassname'.repeat(5), images: 1200, mean: 0.02 }],
      })),
    }),
    {
      image: {
        name: `${'a_folder_with_a_long_name/'.repeat(3)}wolf.jpg`,
        activation: 4.11,
        attributions: Array.from({ length: 30 }, (_, i) => 0.03 * (-0.8) ** i),
      },
    },
    { prompts: Array.from({ length: 30 }, (_, i) => `${i}: ${long}`) },
  ),
  found: selected(
    cardOf(549),
    {},
    {
      search: {
        query: 'snow',
        kind: 'text',
        grounds,
        hits: [
          { component: summaryOf(31), by: 'label', score: 0.34 },
          {
            component: summaryOf(549, { annotation: annotated({ name: 'snow wolf' }) }),
            by: 'name',
            score: 0.22,
          },
          ...Array.from({ length: 12 }, (_, i) => ({
            component: summaryOf(600 + i),
            by: 'meaning' as const,
            score: 0.2 - 0.02 * i,
          })),
        ],
      },
    },
  ),
  'found-image': scene({
    search: {
      query: 'wolf_00.jpg',
      kind: 'image',
      grounds,
      hits: [549, 36, 112].map((component, i) => ({
        component: summaryOf(component),
        by: 'activation' as const,
        score: 4.11 - i,
      })),
    },
  }),
  'found-nothing': scene({ search: { query: 'xyzzy', kind: 'text', hits: [], grounds } }),
  searching: scene({ search: { query: 'snow', kind: 'text', hits: null, grounds: null } }),
} satisfies Record<string, InspectorState>;
export type SceneName = keyof typeof scenes;
