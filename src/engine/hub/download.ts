import { createHash, type Hash } from 'node:crypto';
import { dirname } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import { readAt } from '../checkpoint/files';
import { sizeOf, syncFolder } from './cache';
import type { HubResponse } from './http';
import { completePartial, layAside, type PartialFile, takePartial } from './partialFile';
import { refusal } from './refusal';
import { fileUrl, type Hub, type RepoFile } from './repository';
import { Transient, throwIfCancelled, withRetries } from './retry';

export interface Download {
  readonly hub: Hub;
  readonly repo: string;
  readonly commit: string;
  readonly file: RepoFile;
  /** Where the content is to lie; its folder also holds what is not complete yet. */
  readonly blob: string;
  readonly signal: AbortSignal | undefined;
  /** How many bytes of the file are there. */
  readonly onBytes: (done: number) => void;
}

/** The hub has something else under this name than its list said. The list is to be asked again. */
export class ChangedOnHub extends Error {
  override readonly name = 'ChangedOnHub';
}

const bufferSize = 4 * 1024 * 1024;

/**
 * Brings a file of a commit to `blob`, going on where an earlier try stopped. Nothing lies there before its length
 * and its hash are those that the repository lists. What was downloaded stays when it is cancelled or fails.
 *
 * @returns whether it is new; false where it was there already.
 * @throws ChangedOnHub; ClipsightError `network`, `cancelled`, `configuration` (the cache cannot be written).
 */
export async function downloadBlob(download: Download): Promise<boolean> {
  const { blob, file, onBytes } = download;
  if ((await sizeOf(blob)) === file.size) {
    onBytes(file.size);
    return false;
  }
  for (let wrong = 0; ; wrong++) {
    const partial = await takePartial(blob).catch((thrown: unknown) => {
      throw notWritten(thrown, download);
    });
    let content: Content | undefined;
    try {
      content = await Content.of(partial, download);
      await receive(content, download);
      if (content.digest() === file.etag) {
        await completePartial(blob, partial).catch((thrown: unknown) => {
          throw notWritten(thrown, download);
        });
        await syncFolder(dirname(blob));
        return true;
      }
      await partial.handle.truncate(0);
      if (wrong > 0) throw wrongContent(download);
    } finally {
      if (partial.handle.fd !== -1) await layAside(blob, partial).catch(() => undefined);
    }
  }
}

/** What is there of a file, hashed as it grows. */
class Content {
  readonly #handle: PartialFile['handle'];
  readonly #download: Download;
  #hash: Hash;
  #length = 0;

  private constructor({ handle }: PartialFile, download: Download) {
    this.#handle = handle;
    this.#download = download;
    this.#hash = newHash(download.file);
  }

  static async of(partial: PartialFile, download: Download): Promise<Content> {
    const content = new Content(partial, download);
    if (partial.size > download.file.size) await content.clear();
    else await content.#take(partial.size);
    return content;
  }

  get length(): number {
    return this.#length;
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length; ) {
        const left = bytes.length - written;
        written += (await this.#handle.write(bytes, written, left, this.#length + written)).bytesWritten;
      }
    } catch (thrown) {
      throw notWritten(thrown, this.#download);
    }
    this.#hash.update(bytes);
    this.#length += bytes.length;
    this.#download.onBytes(this.#length);
  }

  /** Forgets what is there. */
  async clear(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = newHash(this.#download.file);
    this.#length = 0;
    this.#download.onBytes(0);
  }

  /** Hashes what an earlier download left. */
  async #take(size: number): Promise<void> {
    while (this.#length < size) {
      throwIfCancelled(this.#download.signal);
      const bytes = await readAt(this.#handle, this.#length, Math.min(bufferSize, size - this.#length));
      if (bytes.length === 0) break;
      this.#hash.update(bytes);
      this.#length += bytes.length;
    }
    this.#download.onBytes(this.#length);
  }
}

/** SHA-256 of what Git LFS stores; Git's own name of a blob for the rest, which begins with its length. */
function newHash({ etag, size }: RepoFile): Hash {
  return etag.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Asks for what is missing until nothing is. */
async function receive(content: Content, download: Download): Promise<void> {
  const { hub, file, signal } = download;
  let before = content.length;
  await withRetries(
    hub.retries,
    signal,
    async () => {
      before = content.length;
      // A sign of life, too, while a hub that does not answer is asked again.
      download.onBytes(content.length);
      if (content.length < file.size) await receiveOnce(content, download);
    },
    () => content.length > before,
  );
}

async function receiveOnce(content: Content, download: Download): Promise<void> {
  const { hub, repo, commit, file, signal } = download;
  const from = content.length;
  const response = await hub.http.get(
    fileUrl(hub.environment, repo, commit, file.path),
    from === 0 ? {} : { range: `bytes=${from}-`, 'if-range': `"${file.etag}"` },
    signal,
  );
  try {
    await demandUsable(response, content, download);
    for await (const bytes of response.body) {
      throwIfCancelled(signal);
      // What comes beyond the end is not looked at: the hash decides whether the rest is right.
      await content.append(bytes.subarray(0, file.size - content.length));
      if (content.length === file.size) return;
    }
  } finally {
    response.discard();
  }
  if (content.length < file.size) throw new Transient(wrongLength(download, String(content.length)));
}

/** Leaves `content` such that the body of the response goes on from there. */
async function demandUsable(response: HubResponse, content: Content, download: Download): Promise<void> {
  const { hub, repo, commit, file } = download;
  const { status, headers, etag } = response;
  if (status === 416) {
    // What is there is as long as what the hub has, or longer: not what the list says.
    await content.clear();
    throw new Transient(wrongLength(download, 'fewer'));
  }
  if (status !== 200 && status !== 206) {
    throw refusal(response, { repo, revision: commit, file: file.path }, hub.environment);
  }
  if (etag !== null && /^[0-9a-f]+$/.test(etag) && etag.length === file.etag.length && etag !== file.etag) {
    throw new ChangedOnHub(`${repo}/${file.path} is now ${etag}.`);
  }
  if (status === 200) {
    const length = headers.get('content-length');
    if (length !== undefined && Number(length) !== file.size)
      throw new Transient(wrongLength(download, length));
    // The whole file: a server or proxy that does not know ranges.
    if (content.length > 0) await content.clear();
    return;
  }
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  if (Number(start) !== content.length || (total !== '*' && Number(total) !== file.size)) {
    await content.clear();
    throw new Transient(wrongLength(download, total ?? 'other'));
  }
}

function wrongLength({ repo, file, hub }: Download, got: string): ClipsightError {
  return new ClipsightError(
    'network',
    `${new URL(hub.environment.endpoint).host} sent ${got} bytes of ${repo}/${file.path}, which has ${file.size}.`,
    'Try again later: what is right of it is kept.',
  );
}

function wrongContent({ repo, file }: Download): ClipsightError {
  return new ClipsightError(
    'network',
    `${repo}/${file.path} arrived twice with other content than the repository lists (its hash is not ${file.etag}).`,
    'Check the proxy and the disk, and try again. Nothing of it was kept.',
  );
}

function notWritten(thrown: unknown, { repo, file, blob }: Download): unknown {
  return unwritable(thrown, `${repo}/${file.path}`, dirname(blob));
}

/** What the file system refused, as an error that names the disk; other errors as they are. */
export function unwritable(thrown: unknown, what: string, folder: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof ClipsightError) return thrown;
  const code = 'code' in thrown ? String(thrown.code) : '';
  const options = { cause: thrown };
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new ClipsightError(
      'network',
      `The disk of ${folder} is full: ${what} does not fit (${code}).`,
      'Free some space, or set HF_HUB_CACHE to a folder on another disk. Then try again: what is downloaded is kept.',
      options,
    );
  }
  return new ClipsightError(
    'configuration',
    `The cache folder ${folder} cannot be written (${code || thrown.message}).`,
    'Check that you may write there, or set HF_HUB_CACHE to another folder.',
    options,
  );
}
