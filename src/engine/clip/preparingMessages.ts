import type { ErrorInfo } from '../../shared/errors';
import type { PreparedImage } from './prepareImage';
import type { Preprocessing } from './preprocessing';

/** To a thread that prepares pictures, and back; `id` is given back as it came. */
export interface PreparingRequest {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly models: readonly Preprocessing[];
}

export type PreparingAnswer =
  | { readonly id: number; readonly kind: 'prepared'; readonly images: readonly PreparedImage[] }
  | { readonly id: number; readonly kind: 'failed'; readonly error: ErrorInfo };
