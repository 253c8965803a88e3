import * as z from 'zod';
import { ImageAnalysis, ImageOutcome } from './analysis';
import { Component } from './component';
import { EngineInfo, Preview } from './engineProtocol';
import { ErrorInfo } from './errors';
import { Intervention } from './intervention';
import { ComponentSummary } from './library';
import { LibraryIntervention } from './libraryIntervention';
import { Faithfulness, Measurement, Method } from './measurement';
import type { Protocol } from './rpc/protocol';
import { Progress } from './rpc/protocol';
import { StudyInfo } from './study';
import { MapKind, PatchComponents, PatchMap } from './where';
import { Words } from './words';

/** All that the attribution panel shows; a picture of the host's state, sent whole whenever it changes. */
export const PanelState = z.strictObject({
  /** Grows by one with every state sent; an answer to an older one is out of date. */
  revision: z.int(),
  prompts: z.array(z.string()),
  images: z.array(
    z.strictObject({
      /** Path relative to the workspace, for people. */
      name: z.string(),
      /** Null while it is being computed. */
      outcome: ImageOutcome.nullable(),
    }),
  ),
  study: StudyInfo.nullable(),
  engine: EngineInfo.nullable(),
  /** Null when nothing is being computed. */
  progress: Progress.nullable(),
  /** What stopped the whole request, if anything. */
  error: ErrorInfo.nullable(),
  notes: z.array(z.string()),
  /**
   * What the library says of the components that are shown, as far as it is known yet; null where there is no library
   * for this study. Paths of samples are for people.
   */
  components: z
    .strictObject({
      judge: z.string().nullable(),
      known: z.array(ComponentSummary),
      /** The component in the inspector. */
      selected: Component.nullable(),
    })
    .nullable(),
  /** Interventions that the person keeps for this study, by name. */
  interventions: z.array(z.strictObject({ name: z.string(), intervention: Intervention })),
  /** Why those are not known; null where they are. */
  interventionsError: ErrorInfo.nullable(),
});
export type PanelState = z.infer<typeof PanelState>;

const nothing = z.void();

/** An image of the panel, and prompts: those that the answer is about, whatever the state has by then. */
const asked = { image: z.int().nonnegative() };
const prompts = z.array(z.string().max(10_000)).max(1000);

/** What the panel may ask of the extension. Images go by their index in the state: no path crosses. */
export const panelHostProtocol = {
  /** Called once, when the panel is ready to show a state. */
  ready: { request: z.strictObject({}), result: PanelState },
  setPrompts: {
    request: z.strictObject({ prompts: z.array(z.string().max(10_000)).max(1000) }),
    result: nothing,
  },
  /** Opens the same prompt picker as the command. */
  pickPrompts: { request: z.strictObject({}), result: nothing },
  preview: { request: z.strictObject({ image: z.int().nonnegative() }), result: Preview },
  openImage: { request: z.strictObject({ image: z.int().nonnegative() }), result: nothing },
  cancel: { request: z.strictObject({}), result: nothing },
  retry: { request: z.strictObject({}), result: nothing },
  /** Uses the dictionary though it reconstructs the model badly, and computes again. */
  acceptPoor: { request: z.strictObject({}), result: nothing },
  /** What the library says of these components is to be shown: those that the panel shows now. */
  wantComponents: { request: z.strictObject({ components: z.array(Component).max(1000) }), result: nothing },
  /** Opens a component in the inspector, as seen in an image. */
  inspect: {
    request: z.strictObject({ component: Component, image: z.int().nonnegative() }),
    result: nothing,
  },
  thumbnail: {
    request: z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      size: z.int().min(16).max(1024),
    }),
    result: Preview,
  },
  /** The image against the prompts, attributed in the model with an intervention. */
  intervene: {
    request: z.strictObject({ ...asked, prompts, intervention: Intervention }),
    result: ImageAnalysis,
  },
  measure: {
    request: z.strictObject({
      ...asked,
      prompts,
      methods: z.array(Method),
      intervention: Intervention,
    }),
    result: Measurement,
  },
  /** Deletion and insertion against one prompt, of one image or of all of the panel (null). */
  faithfulness: {
    request: z.strictObject({
      image: z.int().nonnegative().nullable(),
      prompt: z.string().max(10_000),
      methods: z.array(Method).min(1),
      steps: z.int().min(1).max(1000),
      order: z.enum(['local', 'global']),
    }),
    result: Faithfulness,
  },
  mapPatches: { request: z.strictObject({ ...asked, map: MapKind }), result: PatchMap },
  componentsAt: {
    request: z.strictObject({ ...asked, prompt: z.string().max(10_000), patch: z.int().nonnegative() }),
    result: PatchComponents,
  },
  attributeWords: {
    request: z.strictObject({
      ...asked,
      text: z.string().max(10_000),
      components: z.array(Component).max(100),
    }),
    result: Words,
  },
  /** Asks for a name and keeps an intervention in the workspace. */
  saveIntervention: { request: z.strictObject({ intervention: Intervention }), result: nothing },
  forgetIntervention: { request: z.strictObject({ name: z.string() }), result: nothing },
  /** What an intervention does to the images of the library; paths are for people, thumbnails go by SHA-256. */
  applyIntervention: {
    request: z.strictObject({ intervention: Intervention }),
    result: z.strictObject({
      /** Names of the classes: class folders of the library, or the panel's prompts where it has none. */
      classes: z.array(z.string()),
      outcome: LibraryIntervention,
    }),
  },
  /** Saves a picture that the page drew, under a name that the person chooses. */
  savePicture: {
    request: z.strictObject({
      name: z.string().max(200),
      format: z.enum(['png', 'svg']),
      bytes: z.instanceof(Uint8Array),
    }),
    result: nothing,
  },
  showLogs: { request: z.strictObject({}), result: nothing },
  /**
   * Puts everything shown, in full, on the clipboard or into a file that the person chooses. With an intervention it is of
   * the model with it, which the results name.
   */
  exportResults: {
    request: z.strictObject({
      format: z.enum(['json', 'csv']),
      to: z.enum(['clipboard', 'file']),
      intervention: Intervention,
    }),
    result: nothing,
  },
} as const satisfies Protocol;
export type PanelHostProtocol = typeof panelHostProtocol;

/** What the extension tells the panel. */
export const panelViewProtocol = {
  show: { request: PanelState, result: nothing },
} as const satisfies Protocol;
