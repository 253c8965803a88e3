import * as z from 'zod';
import { AttributionRequest, AttributionResponse } from './analysis';
import { TokenSelection } from './hook';
import { ImageSource } from './image';
import { Card } from './inspection';
import type { Protocol } from './rpc/protocol';
import { StudyInfo, StudyRequest } from './study';

export const EngineInfo = z.strictObject({
  version: z.string(),
  device: z.string(),
  precision: z.string(),
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
  /** A small picture of an image in any format the engine reads; the longer side at most `size` pixels. */
  preview: {
    request: z.strictObject({ image: ImageSource, size: z.int().min(16).max(4096) }),
    result: Preview,
  },
} as const satisfies Protocol;
export type EngineProtocol = typeof engineProtocol;
