import * as z from 'zod';
import { ImageOutcome } from './analysis';
import { EngineInfo, Preview } from './engineProtocol';
import { ErrorInfo } from './errors';
import { Component, ComponentSummary } from './library';
import type { Protocol } from './rpc/protocol';
import { Progress } from './rpc/protocol';
import { StudyInfo } from './study';

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
});
export type PanelState = z.infer<typeof PanelState>;

const nothing = z.void();

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
  showLogs: { request: z.strictObject({}), result: nothing },
  /** Puts everything shown, in full, on the clipboard or into a file that the person chooses. */
  exportResults: {
    request: z.strictObject({ format: z.enum(['json', 'csv']), to: z.enum(['clipboard', 'file']) }),
    result: nothing,
  },
} as const satisfies Protocol;
export type PanelHostProtocol = typeof panelHostProtocol;

/** What the extension tells the panel. */
export const panelViewProtocol = {
  show: { request: PanelState, result: nothing },
} as const satisfies Protocol;
