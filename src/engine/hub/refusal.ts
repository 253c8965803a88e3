import { ClipsightError } from '../../shared/errors';
import type { HubEnvironment } from './environment';
import type { HubResponse } from './http';
import { Transient } from './retry';

/** What was asked for, for errors. */
export interface Asked {
  readonly repo: string;
  readonly revision: string;
  /** A file of the repository; null for the repository itself. */
  readonly file: string | null;
}

/** What an answer that is no success means: an error, or a Transient where asking again may help. */
export function refusal(
  { status, headers }: HubResponse,
  { repo, revision, file }: Asked,
  { endpoint, token }: HubEnvironment,
): ClipsightError | Transient {
  const { host } = new URL(endpoint);
  const code = headers.get('x-error-code') ?? '';
  const message = headers.get('x-error-message') ?? '';
  const what = file === null ? repo : `${repo}/${file}`;
  const error = (text: string, remedy: string) => new ClipsightError('network', text, remedy);
  const retryable = (text: string, remedy: string) => new Transient(error(text, remedy), waitOf(headers));

  if (status === 429) {
    return retryable(
      `${host} refuses ${what} for now: too many requests were made.`,
      token === null
        ? 'Try again in a few minutes. With a token (HF_TOKEN) the limit is higher.'
        : 'Try again in a few minutes.',
    );
  }
  if (status >= 500 || status === 408) {
    return retryable(`${host} fails to serve ${what} (status ${status}).`, 'Try again later.');
  }
  if (status === 401 && /invalid credentials|invalid .*token/i.test(message)) {
    return error(
      `${host} does not know the token that was sent for ${what}.`,
      'Correct or unset HF_TOKEN, or log in anew with `hf auth login`.',
    );
  }
  if (code === 'GatedRepo') {
    return error(
      token === null
        ? `${repo} is gated: it is only for those who accepted its licence, and no token was sent.`
        : `${repo} is gated: the account of the token has not been given access.`,
      `Accept the licence at ${endpoint}/${repo}${
        token === null ? ', then set HF_TOKEN to a token of that account or run `hf auth login`.' : '.'
      }`,
    );
  }
  if (code === 'RevisionNotFound') {
    return error(
      `${repo} has no revision "${revision}".`,
      `See its branches and tags at ${endpoint}/${repo}.`,
    );
  }
  if (code === 'EntryNotFound') {
    return error(
      `${repo} has no file "${file}" at ${revision}.`,
      `See its files at ${endpoint}/${repo}/tree/${revision}.`,
    );
  }
  if (status === 403) {
    return error(
      `${host} refuses access to ${what}${message === '' ? '' : `: ${message.replace(/\.$/, '')}`}.`,
      token === null
        ? 'Set HF_TOKEN to a token that may read it, or run `hf auth login`.'
        : 'Check that the token may read this repository.',
    );
  }
  // The hub answers 401 for what does not exist, too, so that private repositories cannot be told.
  if (status === 401 || (status === 404 && (file === null || code === 'RepoNotFound'))) {
    return error(
      `${repo} does not exist on ${host}, or it is private.`,
      token === null
        ? 'Check its spelling. If it is private, set HF_TOKEN to a token that may read it, or run `hf auth login`.'
        : 'Check its spelling, and that the token may read it.',
    );
  }
  if (status === 404) {
    return error(
      `${repo} has no file "${file}" at ${revision}.`,
      `See its files at ${endpoint}/${repo}/tree/${revision}.`,
    );
  }
  return error(
    `${host} answers ${what} with status ${status}${message === '' ? '' : ` (${message})`}.`,
    'Check HF_ENDPOINT and the proxy, or try again later.',
  );
}

/** Of Retry-After, in seconds or as a date; in milliseconds. */
function waitOf(headers: ReadonlyMap<string, string>): number | null {
  const value = headers.get('retry-after');
  if (value === undefined) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
