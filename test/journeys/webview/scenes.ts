import type { ImageAnalysis, ImageOutcome } from '../../../src/shared/analysis';
import type { Intervention } from '../../../src/shared/intervention';
import type { ComponentSummary, Sample } from '../../../src/shared/library';
import { noAnnotation } from '../../../src/shared/library';
import type { LibraryIntervention } from '../../../src/shared/libraryIntervention';
import type { Measurement, Method } from '../../../src/shared/measurement';
import type { PanelState } from '../../../src/shared/panelProtocol';
import type { StudyInfo } from '../../../src/shared/study';
import reference from '../../golden/demo-reference.json';

export const study: StudyInfo = {
  key: 'a5c1',
  model: {
    id: 'emoji-clip',
    folder: '/models/emoji-clip',
    format: 'huggingface-clip',
    sha256: '3f6c0a9e1b6d4f0c8b7a5d2e9c1f4a6b8d0e2f4a6c8e0b2d4f6a8c0e2b4d6f80',
    imageSize: 64,
    patchSize: 8,
    blocks: 5,
    embeddingSize: 128,
    contextLength: 24,
    activation: 'quick_gelu',
    logitScale: 18.7,
    logitBias: null,
  },
  dictionary: {
    id: 'sae-cls',
    sha256: '81d2c0a9e1b6d4f0c8b7a5d2e9c1f4a6b8d0e2f4a6c8e0b2d4f6a8c0e2b4d6f8',
    point: 'resid_post',
    layer: 3,
    tokens: 'cls',
    size: 1024,
  },
  selfTest: null,
  notes: ['The dictionary explains 96.0 % of the variance of what it decomposes; the rest is held constant.'],
  computed: { device: 'cpu', precision: 'fp32' },
};

/** A number in [−1, 1) that depends on the text alone. */
export function hashed(text: string): number {
  let hash = 2166136261;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 31 - 1;
}

interface Case {
  readonly dictionary: string;
  readonly image: string;
  readonly prompt: string;
  readonly similarity: number;
  readonly components: readonly { latent: number; attribution: number; activation: number }[];
}
const cases = (reference.cases as readonly Case[]).filter(({ dictionary }) => dictionary === 'sae-cls');

/**
 * What the demo model gave where the reference has it (its ten largest components), and something of the same
 * size elsewhere. `active` components, 16 unless told: the dictionary's k.
 */
export function analysisOf(image: string, prompts: readonly string[], active = 16, scale = 1): ImageAnalysis {
  const known = cases.filter((candidate) => candidate.image === image);
  const components = new Map<number, number>();
  for (const { latent, activation } of known.flatMap((candidate) => candidate.components)) {
    if (components.size < active) components.set(latent, activation);
  }
  for (let j = 0; components.size < active; j++) {
    const latent = active > 500 ? j : Math.floor((hashed(`${image}/${j}`) + 1) * 512);
    if (!components.has(latent)) components.set(latent, 1.5 + hashed(`${image}:${j}`));
  }
  const latents = [...components.keys()].sort((a, b) => a - b);
  return {
    width: image.includes('wide') ? 576 : 192,
    height: 192,
    crop: { left: image.includes('wide') ? 192 : 0, top: 0, width: 192, height: 192 },
    latents: Int32Array.from(latents),
    activations: Float32Array.from(latents, (latent) => components.get(latent)!),
    directions: prompts.map((prompt) => {
      const found = known.find((candidate) => candidate.prompt === prompt);
      const attributions = Float32Array.from(latents, (latent) => {
        const exact = found?.components.find((candidate) => candidate.latent === latent);
        const tail = hashed(`${image}|${prompt}|${latent}`) ** 3 * (active > 500 ? 0.002 : 0.006);
        return scale * (exact?.attribution ?? (found ? tail : 6 * tail));
      });
      return {
        similarity: found?.similarity ?? 0.2 + 0.25 * hashed(`${image}|${prompt}`),
        total: attributions.reduce((a, b) => a + b, 0),
        attributions,
        mode: 'forward',
      };
    }),
  };
}

/** A made-up effect of removing a component: near its attribution, now and then much less, more, or of the other sign. */
function effectOf(latent: number, attribution: number): number {
  const bend = Math.abs(hashed(`effect ${latent}`));
  if (latent % 11 === 8) return -0.8 * attribution;
  return attribution * (latent % 7 === 4 ? 0.3 : 0.75 + 0.3 * bend);
}

/**
 * A model in which a component's part of the score goes with its factor, and all others lose a tenth of theirs to every
 * component that is off.
 */
export function intervened(analysis: ImageAnalysis, intervention: Intervention): ImageAnalysis {
  const factors = new Map(intervention.map(({ component, factor }) => [component, factor]));
  const factor = (j: number) => factors.get(analysis.latents[j]!) ?? 1;
  const changed = [...analysis.latents].reduce((sum, _, j) => sum + Math.abs(factor(j) - 1), 0);
  return {
    ...analysis,
    activations: analysis.activations.map((z, j) => z * factor(j)),
    directions: analysis.directions.map((direction) => ({
      ...direction,
      similarity: direction.attributions.reduce(
        (y, attribution, j) => y + (factor(j) - 1) * effectOf(analysis.latents[j]!, attribution),
        direction.similarity,
      ),
      attributions: direction.attributions.map(
        (attribution, j) => attribution * factor(j) * (factor(j) === 1 ? 0.9 ** Math.min(3, changed) : 1),
      ),
    })),
  };
}

export function measurementOf(
  analysis: ImageAnalysis,
  methods: readonly Method[],
  info: StudyInfo,
): Measurement {
  const { latents, activations, directions } = analysis;
  const value = (method: Method, j: number, attribution: number): number => {
    const lens = hashed(`lens ${latents[j]} ${Math.sign(attribution)}`) * 0.2;
    switch (method) {
      case 'activation-gradient':
        return attribution;
      case 'integrated-gradients':
        return effectOf(latents[j]!, attribution) * 1.4;
      case 'logit-lens':
        return lens;
      case 'activation-logit-lens':
        return lens * activations[j]!;
      case 'energy':
        return activations[j]! * 3.2;
      case 'random':
        return Math.abs(hashed(`random ${latents[j]}`));
      case 'ablation':
        return effectOf(latents[j]!, attribution);
    }
  };
  return {
    study: info,
    components: latents,
    directions: directions.map(({ similarity, attributions }) => ({
      similarity,
      without: attributions.reduce((y, a, j) => y - value('integrated-gradients', j, a), similarity),
      values: methods.map((method) => attributions.map((a, j) => value(method, j, a))),
    })),
    notes: [],
  };
}

const grounds = {
  key: 'a5c1',
  access: { kind: 'owner' as const },
  judge: 'emoji-judge',
  images: 400,
  notes: [],
};

/** What a made-up library says to an intervention: more images than are drawn at once. */
export function libraryEffect(changes: number): { classes: string[]; outcome: LibraryIntervention } {
  const classes = ['wolf', 'dog', 'fox', 'bear', 'camera'];
  const accuracy = (images: number, before: number, after: number) => ({ images, before, after });
  return {
    classes,
    outcome: {
      grounds,
      images: 400,
      affected: 61,
      accuracy: changes === 0 ? null : accuracy(400, 0.9025, 0.83),
      classes: [
        { predicted: { before: 82, after: 41 }, accuracy: accuracy(80, 0.95, 0.5), change: -0.124 },
        { predicted: { before: 79, after: 104 }, accuracy: accuracy(80, 0.9, 0.9375), change: 0.011 },
        { predicted: { before: 77, after: 93 }, accuracy: accuracy(80, 0.9125, 0.9375), change: 0.004 },
        { predicted: { before: 81, after: 81 }, accuracy: accuracy(80, 0.9, 0.9), change: 0.0001 },
        { predicted: { before: 81, after: 81 }, accuracy: null, change: null },
      ],
      changes,
      changed: Array.from({ length: Math.min(changes, 100) }, (_, i) => ({
        sha256: sha256Of(i % (libraryImages.length + 1)),
        path: libraryImages[i % libraryImages.length]!,
        truth: i % 9 === 8 ? null : i % 4 === 3 ? 1 : 0,
        before: 0,
        after: 1 + (i % 3 === 1 ? 1 : 0),
        scores: [0.31 - i / 1000, 0.2 - i / 1000] as [number, number],
      })),
      notes: [],
    },
  };
}

/** Pictures of the made-up library, by number; the last one does not exist. */
export const libraryImages = [
  ...['wolf_00', 'wolf_01', 'camera_00', 'hot_dog_01', 'drake_02', 'mixed_03'],
  ...[
    'bat',
    'bear',
    'beaver',
    'book',
    'bow',
    'bread',
    'car',
    'cat',
    'cow',
    'dog',
    'fox',
    'key',
    'owl',
  ].flatMap((noun) => [`${noun}_00`, `${noun}_01`]),
].map((name) => `images/${name.replace(/_\d+$/, '')}/${name}.jpg`);
const missing = libraryImages.length;

export const sha256Of = (index: number) => index.toString(16).padStart(64, '0');

function sample(index: number, component: number): Sample {
  const path = libraryImages[index] ?? 'images/gone.jpg';
  const at = Math.floor(32 * (hashed(`${component}@${index}`) + 1));
  const region = { left: 24 * (at % 8), top: 24 * Math.floor(at / 8), width: 24, height: 24 };
  return {
    path: `/workspace/${path}`,
    sha256: sha256Of(index),
    width: 192,
    height: 192,
    crop: { left: 0, top: 0, width: 192, height: 192 },
    activation: 4,
    mean: 0.4,
    token: at + 1,
    region: component % 4 === 0 ? null : region,
    relevance: null,
  };
}

const words = [
  ...[
    'snow',
    'a wolf',
    'camera lens',
    'grass',
    'sausage',
    'a photograph of a grey wolf in deep winter snow',
    'sky',
  ],
  ...['fur', 'ذئب في الثلج', 'wheel', 'leather', 'feathers', 'beak', 'red', 'book cover', 'bread crust'],
];

/** What the made-up library says of a component: a few have names, marks, or too few images. */
export function summaryOf(component: number): ComponentSummary {
  const few = component % 7 === 3;
  const never = component % 31 === 5;
  const n = never ? 0 : few ? 3 : 20;
  const first = Math.floor((hashed(`${component}`) + 1) * 15);
  const word = words[Math.floor((hashed(`${component}!`) + 1) * (words.length / 2))]!;
  const others = words.filter((other) => other !== word).slice(0, 2);
  const pictures = [first, (first + 7) % missing, component % 13 === 0 ? missing : (first + 11) % missing];
  return {
    component,
    annotation: {
      ...noAnnotation,
      name: component === 549 ? 'wolf ears' : null,
      mark: component === 549 ? 'expected' : component % 9 === 4 ? 'spurious' : null,
      pinned: component % 10 === 9,
    },
    labels: n < 5 ? [] : [word, ...others].map((text, i) => ({ text, alignment: 0.31 - 0.08 * i })),
    n,
    firingRate: n / 400,
    samples: never ? [] : pictures.map((index) => sample(index, component)),
  };
}

const library = { judge: 'emoji-judge', known: [], selected: null };

export interface Scene {
  readonly state: PanelState;
  /** How the host answers new prompts for image number `image`. */
  readonly answer: (image: number, prompts: readonly string[]) => ImageOutcome;
}

interface Options {
  readonly images?: readonly string[];
  readonly prompts?: readonly string[];
  readonly active?: number;
  readonly scale?: number;
  /** Failures by image. */
  readonly broken?: Readonly<Record<number, string>>;
  readonly change?: Partial<PanelState>;
  readonly waiting?: boolean;
}

const three = ['a photo of a wolf', 'a dog', 'a camera'];
const wolf = 'images/wolf/wolf_00.jpg';

function scene(options: Options): Scene {
  const { images = [wolf], prompts = three, active, scale, broken = {}, change, waiting = false } = options;
  const answer = (image: number, asked: readonly string[]): ImageOutcome =>
    broken[image] === undefined
      ? { kind: 'analysis', analysis: analysisOf(images[image]!, asked, active, scale) }
      : {
          kind: 'failure',
          error: { code: 'image', message: broken[image], remedy: 'Open it to see whether it is an image.' },
        };
  const state: PanelState = {
    revision: 0,
    prompts: [...prompts],
    images: images.map((name, index) => ({ name, outcome: waiting ? null : answer(index, prompts) })),
    study: waiting ? null : study,
    engine: { version: '0.1.0', pid: 4711 },
    progress: null,
    error: null,
    notes: [],
    components: null,
    interventions: [],
    interventionsError: null,
    ...change,
  };
  return { state, answer };
}

const five = [
  wolf,
  'images/camera/camera_00.jpg',
  'images/hot_dog/hot_dog_01.jpg',
  'images/drake/drake_02.jpg',
  'images/mixed/mixed_03.jpg',
];
const nouns = [
  'bat',
  'bear',
  'beaver',
  'book',
  'bow',
  'bread',
  'car',
  'cat',
  'cow',
  'dog',
  'fox',
  'key',
  'owl',
];
const thirty = [...five, ...nouns.flatMap((noun) => [0, 1].map((n) => `images/${noun}/${noun}_0${n}.jpg`))];

const long =
  'a very long prompt that goes on and on, such as one that was taken from the caption of a photograph in a ' +
  'newspaper: a grey wolf stands in deep snow at the edge of a dark spruce forest near the border on a cold ' +
  'winter morning, looking straight at the photographer while the sun rises behind the hills';

export const scenes = {
  wolf: scene({}),
  one: scene({ prompts: ['a photo of a wolf'] }),
  five: scene({ images: five }),
  wide: scene({ images: ['images/wide.jpg', wolf] }),
  many: scene({
    images: thirty.slice(0, 30),
    prompts: [
      ...three,
      ...nouns.flatMap((noun) => [`a photo of a ${noun}`, `a ${noun} in the snow`, `a drawing of a ${noun}`]),
    ].slice(0, 40),
    change: { notes: ['2 prompts are longer than 24 tokens; the model saw only their beginnings.'] },
  }),
  neurons: scene({
    active: 3072,
    change: {
      study: {
        ...study,
        dictionary: { ...study.dictionary, id: 'neurons:3', tokens: 'all', size: 3072 },
      },
    },
  }),
  heads: scene({
    active: 5,
    change: {
      study: {
        ...study,
        dictionary: { ...study.dictionary, id: 'heads:3', point: 'heads', tokens: 'all', size: 5 },
      },
    },
  }),
  siglip: scene({
    change: {
      study: {
        ...study,
        model: {
          ...study.model,
          id: 'google/siglip-base-patch16-224',
          format: 'huggingface-siglip',
          activation: 'gelu_pytorch_tanh',
          logitScale: 20,
          logitBias: -12.5,
        },
      },
    },
  }),
  library: scene({ images: five, change: { components: library } }),
  patches: scene({
    images: five,
    change: {
      components: library,
      study: {
        ...study,
        dictionary: { ...study.dictionary, id: 'sae-patches', layer: 2, tokens: 'patches' },
      },
    },
  }),
  'library-self': scene({ change: { components: { ...library, judge: null } } }),
  'library-one': scene({ active: 1, change: { components: library } }),
  'library-neurons': scene({
    active: 3072,
    change: {
      components: library,
      study: {
        ...study,
        dictionary: { ...study.dictionary, id: 'neurons:3', tokens: 'all', size: 3072 },
      },
    },
  }),
  saved: scene({
    images: five,
    change: {
      components: library,
      interventions: [
        { name: 'no snow', intervention: [{ component: 549, factor: 0 }] },
        {
          name: 'wolves turned up',
          intervention: [
            { component: 549, factor: 2 },
            { component: 760, factor: 1.5 },
          ],
        },
      ],
    },
  }),
  thousand: scene({
    active: 1000,
    change: {
      components: library,
      study: { ...study, dictionary: { ...study.dictionary, id: 'neurons:3', tokens: 'all', size: 1000 } },
    },
  }),
  none: scene({ active: 0 }),
  zero: scene({
    scale: 0,
    change: {
      study: {
        ...study,
        dictionary: { ...study.dictionary, id: 'sae-patches', layer: 4, tokens: 'patches' },
        notes: [
          'The dictionary reads patch tokens after the last block, and this model’s score reads only the CLS token there: every gradient is exactly zero.',
        ],
      },
    },
  }),
  'no-prompts': scene({ prompts: [], waiting: true }),
  'no-images': scene({ images: [] }),
  loading: scene({
    waiting: true,
    images: five,
    change: { progress: { stage: 'loading the model', done: 0, total: 0 } },
  }),
  computing: scene({
    images: thirty,
    waiting: true,
    change: { study, progress: { stage: 'images', done: 8, total: 31 } },
  }),
  'one-failed': scene({
    images: five,
    broken: { 1: 'images/camera/camera_00.jpg ends in the middle of the picture.' },
  }),
  'all-failed': scene({
    images: five.slice(0, 2),
    broken: {
      0: 'images/wolf/wolf_00.jpg is not an image.',
      1: 'images/camera/camera_00.jpg is not an image.',
    },
  }),
  engine: scene({
    waiting: true,
    change: {
      engine: null,
      error: {
        code: 'engine-stopped',
        message: 'The engine ended with signal SIGSEGV while it loaded the model, three times in a row.',
        remedy: 'The log says what it did last. Try another device in the setting clipsight.device.',
      },
    },
  }),
  poor: scene({
    waiting: true,
    change: {
      error: {
        code: 'poor-dictionary',
        message: 'sae-cls leaves 93 % of what emoji-clip computes unexplained, on 64 images.',
        remedy: 'Choose the model that it was trained on, or use it all the same.',
      },
    },
  }),
  cancelled: scene({
    waiting: true,
    change: { study, error: { code: 'cancelled', message: 'The computation was cancelled.' } },
  }),
  scripts: scene({
    prompts: [
      'صورة ذئب في الثلج',
      '🐺 in the ❄️',
      '一只狼的照片',
      long,
      'a photo of a wolf',
      'averylongwordwithoutanyspaceinit'.repeat(8),
      '<b>not markup</b> & "quotes"',
    ],
  }),
} satisfies Record<string, Scene>;
export type SceneName = keyof typeof scenes;
