import * as z from 'zod';
import { Component } from './component';
import { Preview } from './engineProtocol';
import { ErrorInfo } from './errors';
import { ComponentMap, ComponentSummary } from './library';
import type { Protocol } from './rpc/protocol';
import { Progress } from './rpc/protocol';

const floats = z.custom<Float32Array>((value) => value instanceof Float32Array);

/** What the points of the map are coloured by. */
export const MapColour = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('firing-rate') }),
  /** Alignment with the prompt of this number in the state. */
  z.strictObject({ kind: z.literal('alignment'), prompt: z.int().nonnegative() }),
  /** Attribution, for that prompt, in the image of the panel that was used last. */
  z.strictObject({ kind: z.literal('attribution'), prompt: z.int().nonnegative() }),
]);
export type MapColour = z.infer<typeof MapColour>;

/** All that the map shows; a picture of the host's state, sent whole whenever it changes. */
export const MapState = z.strictObject({
  revision: z.int(),
  /** Null while there is none yet: PCA comes first, UMAP takes its place. */
  map: ComponentMap.nullable(),
  prompts: z.array(z.string()),
  /** Name of the image that attributions are of; null where there is none. */
  image: z.string().nullable(),
  colour: MapColour,
  /** One per component of the map; NaN where there is none. Null while it is computed, or for the firing rate. */
  values: floats.nullable(),
  selected: Component.nullable(),
  progress: Progress.nullable(),
  error: ErrorInfo.nullable(),
});
export type MapState = z.infer<typeof MapState>;

const nothing = z.void();

/** What the map may ask of the extension. */
export const mapHostProtocol = {
  ready: { request: z.strictObject({}), result: MapState },
  select: { request: z.strictObject({ component: Component }), result: nothing },
  /** What is shown of the points under the pointer or in a lasso. */
  summarise: {
    request: z.strictObject({ components: z.array(Component).max(200) }),
    result: z.array(ComponentSummary),
  },
  thumbnail: {
    request: z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      size: z.int().min(16).max(1024),
    }),
    result: Preview,
  },
  setColour: { request: MapColour, result: nothing },
  retry: { request: z.strictObject({}), result: nothing },
} as const satisfies Protocol;
export type MapHostProtocol = typeof mapHostProtocol;

export const mapViewProtocol = {
  show: { request: MapState, result: nothing },
  /** Changes often while the map does not, which is large: told on its own. */
  progress: { request: z.strictObject({ progress: Progress.nullable() }), result: nothing },
} as const satisfies Protocol;
