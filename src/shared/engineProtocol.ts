import * as z from 'zod';
import { AttributionRequest, AttributionResponse } from './analysis';
import { AuditReport, AuditRequest } from './audit';
import {
  AlignmentRequest,
  Comparison,
  ComparisonRequest,
  Matches,
  MatchRequest,
  PairAlignments,
  Relation,
  RelationRequest,
} from './comparison';
import { Component } from './component';
import { DeviceStatus } from './device';
import { Direction } from './direction';
import { TokenSelection } from './hook';
import { ImageSource } from './image';
import { Card } from './inspection';
import {
  Annotation,
  ComponentCard,
  ComponentMap,
  ComponentSummary,
  Grounds,
  IndexReport,
  IndexRequest,
  LibraryRequest,
  LibraryStatus,
  MeanAttribution,
  SampleOrder,
  SearchHit,
  SearchQuery,
  Survey,
  Vocabulary,
} from './library';
import { LibraryIntervention, LibraryInterventionRequest } from './libraryIntervention';
import { Faithfulness, FaithfulnessRequest, Measurement, MeasurementRequest } from './measurement';
import { FitProbeRequest, FittedProbe, ProbeFileRequest, ReadProbe } from './probe';
import type { Protocol } from './rpc/protocol';
import { StudyInfo, StudyRequest } from './study';
import { MapRequest, PatchComponents, PatchMap, PatchRequest } from './where';
import { Words, WordsRequest } from './words';

export const EngineInfo = z.strictObject({
  version: z.string(),
  pid: z.int(),
});
export type EngineInfo = z.infer<typeof EngineInfo>;

/** A model or a dictionary as a person names it. */
export const Source = z.strictObject({
  kind: z.enum(['model', 'dictionary']),
  /** An absolute path, or an id of the hub; `neurons:<layer>` and `heads:<layer>` are dictionaries, too. */
  source: z.string().min(1),
});
export type Source = z.infer<typeof Source>;

export const Preview = z.strictObject({
  /** An encoded picture that any browser shows. */
  bytes: z.instanceof(Uint8Array),
  mime: z.string(),
  /** Size of the original, in pixels. */
  width: z.int(),
  height: z.int(),
});
export type Preview = z.infer<typeof Preview>;

/** What can be asked of the engine process: one method per job. */
export const engineProtocol = {
  describe: { request: z.strictObject({}), result: EngineInfo },
  /** Where the model runs, and why there. */
  devices: { request: z.strictObject({}), result: DeviceStatus },
  /** What was found out about devices at other times is forgotten: the next engine tries them again. */
  forgetDevices: { request: z.strictObject({}), result: z.strictObject({}) },
  /** Loads (or finds loaded) a model and a dictionary, and names them. */
  openStudy: { request: StudyRequest, result: StudyInfo },
  /** What a model or dictionary is, from its configuration and the headers of its weights: nothing is loaded. */
  inspect: { request: Source.partial({ kind: true }), result: Card },
  /** Brings a model or dictionary of the hub onto this machine; progress is in bytes. Without `kind` it is inspected before. */
  download: { request: Source.partial({ kind: true }), result: z.strictObject({ path: z.string() }) },
  /** Writes a dictionary of any format in our own; the model decides what the file leaves open. */
  exportDictionary: {
    request: z.strictObject({
      dictionary: z.string().min(1),
      folder: z.string().min(1),
      model: z.string().min(1).nullable(),
      /** Where it was trained, as in a study; written with it. */
      layer: z.int().optional(),
      tokens: TokenSelection.optional(),
    }),
    result: z.strictObject({ folder: z.string() }),
  },
  attribute: { request: AttributionRequest, result: AttributionResponse },
  /** Directions side by side: scores, and the components that matter to any of them. */
  compare: { request: ComparisonRequest, result: Comparison },
  relate: { request: RelationRequest, result: Relation },
  matchImages: { request: MatchRequest, result: Matches },
  alignPairs: { request: AlignmentRequest, result: PairAlignments },
  /** What prompts and probes rely on that they do not say. Interactive jobs go in between. */
  audit: { request: AuditRequest, result: AuditReport },
  readProbe: { request: ProbeFileRequest, result: ReadProbe },
  fitProbe: { request: FitProbeRequest, result: FittedProbe },
  /** How much each component of an image matters, by several methods, exact ablation among them. */
  measure: { request: MeasurementRequest, result: Measurement },
  /** How well methods order components, by deletion and insertion. */
  faithfulness: { request: FaithfulnessRequest, result: Faithfulness },
  /** Where in the picture a component fires, or a score comes from. */
  mapPatches: { request: MapRequest, result: PatchMap },
  /** The components that live at a patch. */
  componentsAt: { request: PatchRequest, result: PatchComponents },
  /** Which words of a prompt a score, or an attribution, comes from. */
  attributeWords: { request: WordsRequest, result: Words },
  /** What an intervention does to the classification of a library's images. */
  interveneLibrary: { request: LibraryInterventionRequest, result: LibraryIntervention },
  /** A small picture of an image in any format the engine reads; the longer side at most `size` pixels. */
  preview: {
    request: z.strictObject({ image: ImageSource, size: z.int().min(16).max(4096) }),
    result: Preview,
  },
  /** What `indexLibrary` would do. */
  surveyLibrary: { request: IndexRequest, result: Survey },
  /**
   * Brings the library up to date with the images of its roots. Interactive jobs go in between its batches. Cancelled or
   * killed at any moment, the next run goes on where it was.
   */
  indexLibrary: { request: IndexRequest, result: IndexReport },
  libraryStatus: { request: LibraryRequest, result: LibraryStatus },
  /** The class folders of the images indexed for a study, by name, with how many images each has. */
  classFolders: {
    request: LibraryRequest,
    result: z.strictObject({
      /** AnalysisKey. */
      key: z.string(),
      /** Relative to the root that it lies in, with slashes; `.` for the root itself. */
      folders: z.array(z.strictObject({ name: z.string(), images: z.int() })),
    }),
  },
  /** What is shown of some components wherever they are mentioned, one per component asked, in order. */
  summarise: {
    request: LibraryRequest.extend({ vocabulary: Vocabulary, components: z.array(Component) }),
    result: z.strictObject({ grounds: Grounds, components: z.array(ComponentSummary) }),
  },
  /** All that is known of a component. */
  examine: {
    request: LibraryRequest.extend({
      vocabulary: Vocabulary,
      component: Component,
      prompts: z.array(z.string()),
      samples: z.strictObject({ order: SampleOrder, most: z.int().min(1).max(500) }),
    }),
    result: z.strictObject({ grounds: Grounds, card: ComponentCard }),
  },
  /** Components, best first. */
  searchComponents: {
    request: LibraryRequest.extend({
      vocabulary: Vocabulary,
      query: SearchQuery,
      most: z.int().min(1).max(1000),
    }),
    result: z.strictObject({ grounds: Grounds, hits: z.array(SearchHit) }),
  },
  /** Changes what a person wrote about a component; what is left out stays. */
  annotate: {
    request: LibraryRequest.extend({ component: Component, change: Annotation.partial() }),
    result: Annotation,
  },
  /** All components that a person wrote about. */
  annotations: {
    request: LibraryRequest,
    result: z.array(z.strictObject({ component: Component, annotation: Annotation })),
  },
  /** A small picture of an image of the library, kept once it was made. */
  thumbnail: {
    request: z.strictObject({
      library: z.string().min(1),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      size: z.int().min(16).max(1024),
    }),
    result: Preview,
  },
  mapComponents: {
    request: LibraryRequest.extend({ vocabulary: Vocabulary, layout: z.enum(['pca', 'umap']) }),
    result: ComponentMap,
  },
  /** Alignment of a text with all components of the map, in its order. */
  alignments: {
    request: LibraryRequest.extend({ text: z.string().min(1).max(1000) }),
    result: z.strictObject({
      /** AnalysisKey of the study whose components they are. */
      key: z.string(),
      components: z.custom<Int32Array>((value) => value instanceof Int32Array),
      alignments: z.custom<Float32Array>((value) => value instanceof Float32Array),
    }),
  },
  meanAttribution: {
    request: LibraryRequest.extend({ directions: z.array(Direction), most: z.int().min(1) }),
    result: MeanAttribution,
  },
  /** Writes all of a library into a folder of Parquet files. */
  exportLibrary: {
    request: z.strictObject({ library: z.string().min(1), folder: z.string().min(1) }),
    result: z.strictObject({ images: z.int() }),
  },
  /** Adds what such folders hold to a library. */
  importLibrary: {
    request: z.strictObject({ library: z.string().min(1), folders: z.array(z.string().min(1)).min(1) }),
    result: z.strictObject({ images: z.int(), added: z.int(), notes: z.array(z.string()) }),
  },
} as const satisfies Protocol;
export type EngineProtocol = typeof engineProtocol;
