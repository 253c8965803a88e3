import type { ComparedColumn, CompareState } from '../../../src/shared/compareProtocol';
import { hashed, libraryImages, study, summaryOf } from './scenes';

/** Image files that the made-up host has pictures of. */
const pictures = libraryImages.slice(0, 20);

export function columnOf(text: string, id: number, change: Partial<ComparedColumn> = {}): ComparedColumn {
  return {
    id,
    text,
    scored: text,
    texts: 1,
    kind: 'prompt',
    direction: `d${Math.abs(Math.round(hashed(`${text}${change.texts ?? 1}`) * 1e9))}`,
    place: { file: 'zeroshot/prompts.py', line: 12 + id, fixed: null },
    draftOf: null,
    ...change,
  };
}

const similarity = (direction: string, image: string) => 0.24 + 0.06 * hashed(`${direction}|${image}`);
const attribution = (direction: string, component: number) =>
  hashed(`${component}`) ** 3 * 0.02 + hashed(`${direction}|${component}`) ** 3 * 0.03;

/** What a host would have computed of columns and images. */
export function computed(
  columns: readonly ComparedColumn[],
  images: readonly string[],
  failing: readonly number[] = [],
): Pick<
  CompareState,
  'study' | 'engine' | 'scores' | 'heat' | 'relation' | 'pair' | 'difference' | 'poor' | 'components'
> {
  const directions = [...new Set(columns.map(({ direction }) => direction).filter((name) => name !== ''))];
  const scored = images.filter((_, i) => !failing.includes(i));
  const failures = images.map((name, i) =>
    failing.includes(i)
      ? { code: 'image' as const, message: `${name} cannot be decoded: unexpected end of file.` }
      : null,
  );
  const components = Array.from({ length: 80 }, (_, j) => (j * 97 + 549) % 1024);
  const heatOf = (names: readonly string[]) => ({
    components: Int32Array.from(components),
    attributions: Float32Array.from(names.flatMap((name) => components.map((c) => attribution(name, c)))),
    activations: Float32Array.from(components, (c) => 1.5 + hashed(`${c}`)),
    totals: Float32Array.from(names, () => 0.4),
  });
  const mean = (direction: string) =>
    scored.reduce((sum, image) => sum + similarity(direction, image) / scored.length, 0);
  const best = columns
    .filter(({ draftOf, direction }) => draftOf === null && direction !== '')
    .toSorted((a, b) => mean(b.direction) - mean(a.direction));
  const [of, against] = best;
  const none = images.length === 0;
  return {
    study: columns.length === 0 ? null : study,
    engine: { version: '0.4.0', pid: 4242 },
    scores: none
      ? null
      : {
          directions,
          failures,
          similarities: Float32Array.from(
            directions.flatMap((direction) => scored.map((image) => similarity(direction, image))),
          ),
          readings: directions.map((direction) =>
            columns.find((column) => column.direction === direction)!.text.length > 300
              ? ['It was cut after 77 tokens; 41 were left out.']
              : [],
          ),
        },
    heat: none ? null : { directions, ...heatOf(directions) },
    relation: {
      directions,
      cosines: Float32Array.from(
        directions.flatMap((a) =>
          directions.map((b) => (a === b ? 1 : 0.55 + 0.4 * hashed([a, b].sort().join()))),
        ),
      ),
    },
    pair:
      none || of === undefined || against === undefined
        ? null
        : { of: of.id, against: against.id, chosen: false },
    difference:
      none || of === undefined || against === undefined
        ? null
        : differenceOf(of.direction, against.direction, images, failures),
    poor: directions.map((direction) => ({
      direction,
      components: Int32Array.from(components.filter((c) => hashed(`${direction}?${c}`) > 0.5)),
    })),
    components: { judge: 'openai/clip-vit-large-patch14', known: components.map(summaryOf) },
  };
}

export function differenceOf(
  of: string,
  against: string,
  images: readonly string[],
  failures: NonNullable<CompareState['scores']>['failures'],
): NonNullable<CompareState['difference']> {
  const components = Array.from({ length: 40 }, (_, j) => (j * 97 + 549) % 1024);
  const scored = images.filter((_, i) => failures[i] === null);
  const y = [of, against].map((direction) => scored.map((image) => similarity(direction, image)));
  const a = [of, against].map((direction) => components.map((c) => attribution(direction, c)));
  return {
    of,
    against,
    comparison: {
      failures,
      similarities: Float32Array.from([...y[0]!.map((value, i) => value - y[1]![i]!), ...y.flat()]),
      components: Int32Array.from(components),
      attributions: Float32Array.from([...a[0]!.map((value, i) => value - a[1]![i]!), ...a.flat()]),
      activations: Float32Array.from(components, () => 2),
      totals: Float32Array.from([0.3, 0.4, 0.4]),
    },
  };
}

function sceneOf(
  columns: readonly ComparedColumn[],
  images: readonly string[],
  change: Partial<CompareState> = {},
  failing: readonly number[] = [],
): CompareState {
  return {
    revision: 1,
    title: 'classnames',
    columns: [...columns],
    part: null,
    templates: null,
    classes: null,
    images: [...images],
    progress: null,
    error: null,
    notes: [],
    undo: null,
    ...computed(columns, images, failing),
    ...change,
  };
}

const animals = ['a photo of a wolf', 'a photo of a dog', 'a sketch of a fox', 'snow on a field', 'a camera'];
const five = animals.map((text, id) => columnOf(text, id));
const long =
  'a very long caption that goes on and on about the wolf, the snow, the trees behind it and the light of an afternoon in winter, '.repeat(
    4,
  );
const kinds = ['wolf', 'dog', 'fox', 'sheep', 'snowman', 'camera', 'hot dog', 'drake', 'bear', 'beaver'];
const twenty = [...kinds, ...kinds.map((kind) => `${kind} in the snow`)].map((text, id) =>
  columnOf(text, id, {
    kind: 'class',
    scored: `a photo of a ${text}.`,
    texts: 3,
    place: { file: 'zeroshot/imagenet_classes.py', line: 4 + id, fixed: null },
  }),
);
const draft = columnOf('a photo of a grey wolf', 9, { draftOf: 0, place: null });

export const compareScenes = {
  two: sceneOf(five.slice(0, 2), pictures.slice(0, 1), { title: 'captions' }),
  five: sceneOf(five, pictures.slice(0, 4)),
  draft: sceneOf([five[0]!, draft, ...five.slice(1)], pictures.slice(0, 2), {
    undo: { file: 'zeroshot/prompts.py', text: 'a photo of a cat' },
  }),
  twenty: sceneOf(twenty, pictures.slice(0, 1), {
    title: 'imagenet_classes',
    part: { of: 1000, by: 'score', known: true },
    templates: {
      texts: ['a photo of a {}.', 'a bad photo of a {}.', 'a sculpture of a {}.'],
      chosen: null,
    },
  }),
  many: sceneOf(
    five,
    Array.from({ length: 50 }, (_, i) => pictures[i % pictures.length]!),
  ),
  long: sceneOf(
    [
      columnOf(long, 0),
      columnOf('صورة ذئب في الثلج', 1),
      columnOf('תמונה של זאב בשלג', 2, {
        place: { file: 'prompts.txt', line: 3, fixed: 'It is put together from several strings.' },
      }),
      columnOf('雪の中の狼の写真', 3, { place: null }),
      columnOf('gone', 4, {
        place: { file: 'zeroshot/prompts.py', line: null, fixed: 'It is not found in its file any more.' },
      }),
    ],
    pictures.slice(0, 3),
  ),
  failing: sceneOf(five.slice(0, 3), pictures.slice(0, 3), {}, [1]),
  templates: sceneOf(
    [
      columnOf('a photo of a {}.', 0, { kind: 'template', scored: 'a photo of a wolf.' }),
      columnOf('a sketch of a {}.', 1, { kind: 'template', scored: 'a sketch of a wolf.' }),
      columnOf('{}: {}', 2, { kind: 'template', scored: null, direction: '' }),
    ],
    pictures.slice(0, 1),
    { title: 'templates', classes: { texts: ['wolf', 'dog'], chosen: 0 } },
  ),
  noLibrary: sceneOf(five, pictures.slice(0, 1), { components: null, poor: [] }),
  noImage: sceneOf(five, []),
  empty: sceneOf([], pictures.slice(0, 1), { heat: null, scores: null, relation: null }),
  one: sceneOf(five.slice(0, 1), pictures.slice(0, 1)),
  computing: sceneOf(five, pictures.slice(0, 4), {
    study: null,
    scores: null,
    heat: null,
    relation: null,
    pair: null,
    difference: null,
    components: null,
    progress: { stage: 'Comparing', done: 3, total: 8 },
  }),
  error: sceneOf(five, pictures.slice(0, 1), {
    study: null,
    scores: null,
    heat: null,
    relation: null,
    pair: null,
    difference: null,
    components: null,
    error: {
      code: 'engine-stopped',
      message: 'The engine stopped: out of memory.',
      remedy: 'Restart it, or take a smaller model.',
    },
  }),
} satisfies Record<string, CompareState>;

export type CompareScene = keyof typeof compareScenes;
