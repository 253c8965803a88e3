import * as z from 'zod';
import { Component } from './component';
import { Preview } from './engineProtocol';
import { ErrorInfo } from './errors';
import {
  Annotation,
  ComponentCard,
  ComponentSummary,
  FileFailure,
  Grounds,
  LibraryAccess,
  SearchHit,
} from './library';
import type { Protocol } from './rpc/protocol';
import { Progress } from './rpc/protocol';
import { StudyInfo } from './study';

/** How the library is, for people. */
export const LibraryState = z.discriminatedUnion('kind', [
  /** There is no folder whose images could be indexed. */
  z.strictObject({ kind: z.literal('no-folder') }),
  /** Not known yet. */
  z.strictObject({ kind: z.literal('opening') }),
  z.strictObject({
    kind: z.literal('open'),
    access: LibraryAccess,
    /** Pictures indexed for this study, and of them those that the judge has seen. 0: not indexed yet. */
    images: z.int(),
    judged: z.int(),
    live: z.int(),
    failures: z.array(FileFailure),
  }),
]);
export type LibraryState = z.infer<typeof LibraryState>;

/** An indexing that runs, or was paused in this window. */
export const IndexingState = z.strictObject({
  kind: z.enum(['running', 'paused']),
  progress: Progress,
  imagesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});
export type IndexingState = z.infer<typeof IndexingState>;

/** The order of the samples that is shown; by relevance to the prompt with this number in the state. */
export const ShownOrder = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('max') }),
  z.strictObject({ kind: z.literal('mean') }),
  z.strictObject({ kind: z.literal('relevance'), prompt: z.int().nonnegative() }),
]);
export type ShownOrder = z.infer<typeof ShownOrder>;

/** All that the inspector shows; a picture of the host's state, sent whole whenever it changes. Paths are for people. */
export const InspectorState = z.strictObject({
  revision: z.int(),
  study: StudyInfo.nullable(),
  library: LibraryState,
  indexing: IndexingState.nullable(),
  /** The prompts of the panel that was used last. */
  prompts: z.array(z.string()),
  selection: z
    .strictObject({
      component: Component,
      order: ShownOrder,
      /** Null while it is being looked up. */
      card: ComponentCard.nullable(),
      grounds: Grounds.nullable(),
      /** What it does in the image that it was selected from; null where it was not selected from one. */
      image: z
        .strictObject({ name: z.string(), activation: z.number(), attributions: z.array(z.number()) })
        .nullable(),
    })
    .nullable(),
  /** Whether there is a component to go back to. */
  canGoBack: z.boolean(),
  /** Components that the person pinned. */
  pinned: z.array(ComponentSummary),
  search: z
    .strictObject({
      /** As it is shown: the text, or the name of the image. */
      query: z.string(),
      kind: z.enum(['text', 'image']),
      /** Null while it is being looked for. */
      hits: z.array(SearchHit).nullable(),
      grounds: Grounds.nullable(),
    })
    .nullable(),
  error: ErrorInfo.nullable(),
});
export type InspectorState = z.infer<typeof InspectorState>;

const nothing = z.void();
const picture = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** What the inspector may ask of the extension. Pictures go by their SHA-256: no path crosses. */
export const inspectorHostProtocol = {
  /** Called once, when the view is ready to show a state. */
  ready: { request: z.strictObject({}), result: InspectorState },
  select: { request: z.strictObject({ component: Component }), result: nothing },
  /** Back to the component that was selected before. */
  back: { request: z.strictObject({}), result: nothing },
  setOrder: { request: ShownOrder, result: nothing },
  /** How many samples are to be shown. */
  showSamples: { request: z.strictObject({ most: z.int().min(1).max(500) }), result: nothing },
  thumbnail: { request: picture.extend({ size: z.int().min(16).max(1024) }), result: Preview },
  openImage: { request: picture, result: nothing },
  attributeImage: { request: picture, result: nothing },
  annotate: {
    request: z.strictObject({ component: Component, change: Annotation.partial() }),
    result: nothing,
  },
  search: { request: z.strictObject({ text: z.string().max(1000) }), result: nothing },
  /** Asks for an image and shows what fires in it. */
  searchImage: { request: z.strictObject({}), result: nothing },
  clearSearch: { request: z.strictObject({}), result: nothing },
  index: { request: z.strictObject({}), result: nothing },
  pauseIndexing: { request: z.strictObject({}), result: nothing },
  cancelIndexing: { request: z.strictObject({}), result: nothing },
  showFailures: { request: z.strictObject({}), result: nothing },
  openMap: { request: z.strictObject({}), result: nothing },
  chooseJudge: { request: z.strictObject({}), result: nothing },
  retry: { request: z.strictObject({}), result: nothing },
  showLogs: { request: z.strictObject({}), result: nothing },
} as const satisfies Protocol;
export type InspectorHostProtocol = typeof inspectorHostProtocol;

/** What the extension tells the inspector. */
export const inspectorViewProtocol = {
  show: { request: InspectorState, result: nothing },
  /** Puts the focus into the search field. */
  focusSearch: { request: z.strictObject({}), result: nothing },
} as const satisfies Protocol;
