import { type ErrorInfo, toErrorInfo } from '../shared/errors';

/** A result, or why there is none: one broken image does not cost the others. */
export type Outcome<T> =
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failure'; readonly error: ErrorInfo };

export async function outcomeOf<T>(attempt: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'ready', value: await attempt() };
  } catch (thrown) {
    return { kind: 'failure', error: toErrorInfo(thrown) };
  }
}
