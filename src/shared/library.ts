import * as z from 'zod';
import { Component } from './component';
import { Direction } from './direction';
import { ImageSource, Rectangle } from './image';
import { StudyInfo, StudyRequest } from './study';

const floats = z.custom<Float32Array>((value) => value instanceof Float32Array);
const doubles = z.custom<Float64Array>((value) => value instanceof Float64Array);
const ints = z.custom<Int32Array>((value) => value instanceof Int32Array);

/** A library, and which of its numbers are asked for. */
export const LibraryRequest = z.strictObject({
  /** The library's file, absolute. */
  library: z.string().min(1),
  study: StudyRequest,
  /** Another CLIP that says what pictures show, named as a model is; null: the model under study judges itself. */
  judge: z.string().min(1).nullable(),
});
export type LibraryRequest = z.infer<typeof LibraryRequest>;

/** A folder whose images belong to the library. */
export const ImageRoot = z.strictObject({
  /** Absolute. */
  folder: z.string().min(1),
  /** Globs of what is taken, relative to the folder; of every image if left out. */
  include: z.array(z.string()).optional(),
  /** Globs of what is left out, files or folders. */
  exclude: z.array(z.string()).optional(),
});
export type ImageRoot = z.infer<typeof ImageRoot>;

export const IndexRequest = LibraryRequest.extend({
  roots: z.array(ImageRoot),
  /** What becomes of images of the library that lie in none of the roots. */
  others: z.enum(['keep', 'remove']),
  /** Only these files of the roots are looked at, absolute: what a watcher reported. All of them if left out. */
  only: z.array(z.string()).optional(),
  /** Nobody waits for it: it is computed at low priority, where a device does not compute it. */
  background: z.boolean().optional(),
  /**
   * Contribution vectors: `none` are computed; else they are added up per class folder, and kept as files of at most so
   * many bytes. They are computed only where forward mode is cheap (docs/method.md).
   */
  contributions: z.union([z.literal('none'), z.strictObject({ most: z.number().nonnegative() })]),
});
export type IndexRequest = z.infer<typeof IndexRequest>;

/** The stage of indexing whose progress counts images. */
export const indexingStage = 'Indexing';

/** What indexing would do, found out without computing anything. */
export const Survey = z.strictObject({
  /** Image files in the roots, folders on network drives left out: those are not looked into. */
  files: z.int(),
  /**
   * Of them, those that are not indexed for this study and judge, as far as their size and time tell; those included
   * whose contribution vectors are to be kept and are not.
   */
  fresh: z.int(),
  /** Folders on a network drive: roots, and what lies in a root or is linked from there. */
  network: z.array(z.string()),
  /** Bytes of contribution vectors: of one image (a guess before any was seen), on disk now, and after all are in. */
  contributions: z.strictObject({
    perImage: z.number(),
    now: z.number(),
    expected: z.number(),
    /** Whether forward mode is cheap enough here for them to be computed at all. */
    served: z.boolean(),
  }),
});
export type Survey = z.infer<typeof Survey>;

/** A file that could not be indexed, and why. */
export const FileFailure = z.strictObject({ path: z.string(), reason: z.string() });
export type FileFailure = z.infer<typeof FileFailure>;

export const IndexReport = z.strictObject({
  study: StudyInfo,
  /** Id of the judge; null where the model judges itself. */
  judge: z.string().nullable(),
  /** Image files in the library, those that failed included. */
  files: z.int(),
  /** Different pictures among them. */
  images: z.int(),
  /** Pictures that were computed in this run. */
  computed: z.int(),
  /** Files that are no longer there. */
  removed: z.int(),
  failures: z.array(FileFailure),
  seconds: z.number(),
  /** Of the pictures computed; null if there were none. */
  imagesPerSecond: z.number().nullable(),
  notes: z.array(z.string()),
});
export type IndexReport = z.infer<typeof IndexReport>;

/** Who may write: this engine, or another process, whose last snapshot is read meanwhile. */
export const LibraryAccess = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('owner') }),
  z.strictObject({
    kind: z.literal('snapshot'),
    /** Process that owns the library, as far as the system tells. */
    pid: z.int().nullable(),
    /** When the snapshot was taken, ISO 8601; null if there is none yet, and the library looks empty. */
    taken: z.string().nullable(),
  }),
]);
export type LibraryAccess = z.infer<typeof LibraryAccess>;

export const LibraryStatus = z.strictObject({
  access: LibraryAccess,
  study: StudyInfo,
  judge: z.string().nullable(),
  files: z.int(),
  /** Different pictures indexed for this study. */
  images: z.int(),
  /** Of them, those that the judge has seen. */
  judged: z.int(),
  /** Components that fire in some image. */
  live: z.int(),
  /** Bytes of contribution vectors on disk. */
  contributions: z.number(),
  failures: z.array(FileFailure),
  notes: z.array(z.string()),
});
export type LibraryStatus = z.infer<typeof LibraryStatus>;

/** Texts that components may be named by. */
export const Vocabulary = z.strictObject({
  /** The person's own concepts and prompts. */
  texts: z.array(z.string().max(1000)).max(50_000),
  /** Whether the bundled list of concrete nouns is added. */
  nouns: z.boolean(),
});
export type Vocabulary = z.infer<typeof Vocabulary>;

/** What a person says of a component: whether prompts may rely on it. */
export const Mark = z.enum(['expected', 'spurious']);
export type Mark = z.infer<typeof Mark>;

/** What a person wrote about a component of one study. */
export const Annotation = z.strictObject({
  name: z.string().max(200).nullable(),
  note: z.string().max(10_000).nullable(),
  mark: Mark.nullable(),
  pinned: z.boolean(),
});
export type Annotation = z.infer<typeof Annotation>;

export const noAnnotation: Annotation = { name: null, note: null, mark: null, pinned: false };

/** A text of the vocabulary and how much better than no text it describes a component. */
export const AlignedText = z.strictObject({ text: z.string(), alignment: z.number() });
export type AlignedText = z.infer<typeof AlignedText>;

/** A picture that a component fires in. */
export const Sample = z.strictObject({
  /** A file with this picture, absolute. */
  path: z.string(),
  /** SHA-256 of the file, lower-case hex: the name of the picture in the library. */
  sha256: z.string(),
  width: z.int(),
  height: z.int(),
  /** The part of the picture that the model saw, in its pixels. */
  crop: Rectangle,
  /** Largest activation over the tokens, and the mean (silent ones count as 0). */
  activation: z.number(),
  mean: z.number(),
  /** Token of the largest activation, as in the model: where there is a CLS token it is 0. */
  token: z.int(),
  /** Where that token lies in the picture, in its pixels; null for CLS, which sees all of it. */
  region: Rectangle.nullable(),
  /** Attribution for the prompt that the samples were asked for, in units of y; null where none was. */
  relevance: z.number().nullable(),
});
export type Sample = z.infer<typeof Sample>;

/** What is shown of a component wherever it is mentioned. */
export const ComponentSummary = z.strictObject({
  component: Component,
  annotation: Annotation,
  /** Best first: the label and its runners-up. None where there are too few images. */
  labels: z.array(AlignedText),
  /** Images that its meaning is read from. */
  n: z.int(),
  firingRate: z.number().nullable(),
  /** The first few samples by largest activation. */
  samples: z.array(Sample),
});
export type ComponentSummary = z.infer<typeof ComponentSummary>;

/** What the numbers about components rest on. */
export const Grounds = z.strictObject({
  /** AnalysisKey of the study that the numbers are of: components of another are others. */
  key: z.string(),
  access: LibraryAccess,
  /** Id of the judge; null where the model judges itself. */
  judge: z.string().nullable(),
  /** Images of the library that were looked at. */
  images: z.int(),
  notes: z.array(z.string()),
});
export type Grounds = z.infer<typeof Grounds>;

/** By what the samples of a component are chosen. */
export const SampleOrder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('max') }),
  z.strictObject({ kind: z.literal('mean') }),
  z.strictObject({ kind: z.literal('relevance'), direction: Direction }),
]);
export type SampleOrder = z.infer<typeof SampleOrder>;

export const Neighbour = z.strictObject({ component: ComponentSummary, cosine: z.number() });
export type Neighbour = z.infer<typeof Neighbour>;

/** How much a prompt relies on a component in the library. */
export const Reliance = z.strictObject({
  prompt: z.string(),
  /** Cosine with what the component means, less that of no text; null where there are too few images. */
  alignment: z.number().nullable(),
  /** Mean attribution over all images of the library, in units of y; null where contributions were not computed. */
  mean: z.number().nullable(),
  /** The class folders with the largest |mean|, that first. */
  classes: z.array(z.strictObject({ name: z.string(), images: z.int(), mean: z.number() })),
});
export type Reliance = z.infer<typeof Reliance>;

/** All that is known of one component. */
export const ComponentCard = z.strictObject({
  summary: ComponentSummary,
  /** All samples asked for, in the order asked for. */
  samples: z.array(Sample),
  /** By relevance: how many images were looked at to find them, and whether that is all in which it fires. */
  searched: z.strictObject({ images: z.int(), all: z.boolean() }),
  maxActivation: z.number().nullable(),
  clarity: z.number().nullable(),
  polysemanticity: z
    .strictObject({
      score: z.number(),
      separation: z.number(),
      /** The samples that it rests on, by their places among all by largest activation. */
      groups: z.tuple([z.array(z.int()), z.array(z.int())]),
    })
    .nullable(),
  /** Cosine with the nearest other component in meaning; null where it has none. */
  redundancy: z.number().nullable(),
  /** Number of images in which it fires. */
  fired: z.int(),
  histogram: z.strictObject({ edges: doubles, counts: ints }),
  /** How often each token has the largest activation, over the images in which it fires: [rows, columns] of patches. */
  where: z.strictObject({ rows: z.int(), columns: z.int(), counts: ints, cls: z.int() }).nullable(),
  nearest: z.strictObject({ inMeaning: z.array(Neighbour), inActivation: z.array(Neighbour) }),
  reliance: z.array(Reliance),
});
export type ComponentCard = z.infer<typeof ComponentCard>;

export const SearchQuery = z.discriminatedUnion('kind', [
  /** By meaning through the judge's embedding; and names, labels and notes that contain the text. */
  z.strictObject({ kind: z.literal('text'), text: z.string().min(1).max(1000) }),
  /** What fires in an image, in the library or not. */
  z.strictObject({ kind: z.literal('image'), image: ImageSource }),
]);
export type SearchQuery = z.infer<typeof SearchQuery>;

export const SearchHit = z.strictObject({
  component: ComponentSummary,
  /** Why it was found: a number by the component, or the person's name for it. */
  by: z.enum(['number', 'name', 'note', 'label', 'meaning', 'activation']),
  /** Alignment with the text, or activation in the image; null where there is none. */
  score: z.number().nullable(),
});
export type SearchHit = z.infer<typeof SearchHit>;

/** All live components in two dimensions. */
export const ComponentMap = z.strictObject({
  grounds: Grounds,
  layout: z.enum(['pca', 'umap']),
  /** Components with images enough, ascending. */
  components: ints,
  /** Positions, within [−1, 1], one per component. */
  x: floats,
  y: floats,
  firingRates: floats,
  /** The person's name, else the label; empty where there is neither. */
  names: z.array(z.string()),
});
export type ComponentMap = z.infer<typeof ComponentMap>;

/** Per class folder and direction, the components with the largest mean attribution. */
export const MeanAttribution = z.strictObject({
  classes: z.array(
    z.strictObject({
      name: z.string(),
      images: z.int(),
      /** One per direction asked, in order: components by |mean|, the largest first. */
      directions: z.array(z.strictObject({ components: ints, means: floats })),
    }),
  ),
  notes: z.array(z.string()),
});
export type MeanAttribution = z.infer<typeof MeanAttribution>;
