import { ClipsightError, hasCode } from '../../shared/errors';
import { repoFolder, snapshotFile } from './cache';
import type { Choice } from './choice';
import { hubEnvironment } from './environment';
import {
  chooseOnHub,
  type Fetched,
  type FetchOptions,
  findCached,
  notCached,
  storeFiles,
  withHub,
} from './fetch';
import { refusal } from './refusal';
import { fileUrl, type Hub, type RepoFile, type RepoTree, readRepository } from './repository';
import { Transient, withRetries } from './retry';
import { type HubKind, type HubSource, ownerOf, parseSource } from './source';

/** A model or dictionary that is not on this machine: what can be known of it without its weights. */
export interface RemoteFiles {
  readonly repo: string;
  readonly revision: string;
  readonly commit: string;
  /** What would be downloaded. */
  readonly choice: Choice;
  /** All files of the repository. */
  list(): readonly RepoFile[];
  /** The absolute path of a small file (a configuration, a tokenizer), downloaded into the cache and verified. */
  smallFile(path: string): Promise<string>;
  /** `length` bytes from `start`; fewer where the file ends before. Not verified: there is no hash of a part. */
  readRange(path: string, start: number, length: number): Promise<Buffer>;
}

/** tokenizer.json, the largest of them, takes 2 to 20 MB. */
const largestSmall = 64 * 1024 * 1024;

/**
 * Runs `here` on what is on this machine, `remote` on what is not: for those who want to know what something is
 * before they download it.
 *
 * @throws ClipsightError as fetchSource does
 */
export async function withSource<T>(
  text: string,
  kind: HubKind,
  options: FetchOptions,
  here: (fetched: Fetched) => Promise<T>,
  remote: (files: RemoteFiles) => Promise<T>,
): Promise<T> {
  const source = await parseSource(text, kind, options.cwd);
  if (source.place === 'here') return here({ path: source.path, hub: null, notes: [] });
  const environment = options.environment ?? (await hubEnvironment());
  const cached = await findCached(source, kind, environment);
  if (cached !== null && (!cached.picked || environment.offline)) return here(cached.fetched);
  if (environment.offline) {
    throw notCached(source, environment);
  }
  return withHub({ ...options, environment }, async (hub) => {
    const asked = await readRepository(hub, source.repo, source.revision, options.signal)
      .then(async (tree) => ({
        tree,
        choice: await chooseOnHub(hub, tree, source, kind, options.signal),
      }))
      .catch((thrown: unknown) => {
        if (cached !== null && hasCode(thrown, 'network')) return null;
        throw thrown;
      });
    if (asked === null) return here(cached!.fetched);
    const { tree, choice } = asked;
    // What the hub picks may be in the cache: by its name nothing is left to pick.
    const named = { ...source, revision: tree.commit, within: choice.file ?? source.within };
    const same = cached === null ? null : await findCached(named, kind, environment);
    if (same !== null) return here(same.fetched);
    return remote(remoteFiles(hub, tree, choice, source, kind, options));
  });
}

function remoteFiles(
  hub: Hub,
  tree: RepoTree,
  choice: Choice,
  source: HubSource,
  kind: HubKind,
  { signal }: FetchOptions,
): RemoteFiles {
  const { repo, commit, files } = tree;
  const fileNamed = (path: string): RepoFile => {
    const file = files.find((each) => each.path === path);
    if (file !== undefined) return file;
    throw new ClipsightError('network', `${repo} has no file "${path}".`, 'See its files on the hub.');
  };
  const smallFile = async (path: string): Promise<string> => {
    const { size } = fileNamed(path);
    if (size > largestSmall) {
      throw new ClipsightError(
        ownerOf[kind],
        `${repo}/${path} has ${size} bytes, more than any configuration.`,
        'Check that it is the right file.',
      );
    }
    await storeFiles(hub, tree, source.revision, [path], { signal });
    return snapshotFile(repoFolder(hub.environment.cache, repo), commit, path);
  };
  const readRange = (path: string, start: number, length: number) => {
    const file = fileNamed(path);
    return fetchRange(hub, tree, file, start, Math.min(length, file.size - start), signal);
  };
  return {
    repo,
    revision: source.revision,
    commit,
    choice,
    list: () => files,
    smallFile,
    readRange,
  };
}

function fetchRange(
  hub: Hub,
  { repo, commit }: RepoTree,
  { path, size, etag }: RepoFile,
  start: number,
  length: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  if (length <= 0) return Promise.resolve(Buffer.alloc(0));
  return withRetries(hub.retries, signal, async () => {
    const range = `bytes=${start}-${start + length - 1}`;
    const response = await hub.http.get(fileUrl(hub.environment, repo, commit, path), { range }, signal);
    try {
      if (response.status !== 206 && response.status !== 200) {
        throw refusal(response, { repo, revision: commit, file: path }, hub.environment);
      }
      const changed =
        response.etag !== null && response.etag.length === etag.length && response.etag !== etag;
      const expected = `bytes ${start}-${start + length - 1}/${size}`;
      const other = response.status === 206 && response.headers.get('content-range') !== expected;
      if (changed || other) throw new Transient(notThatPart(repo, path));
      return await readPart(
        response.body,
        response.status === 200 ? start : 0,
        length,
        notThatPart(repo, path),
      );
    } finally {
      response.discard();
    }
  });
}

/** A server that does not know ranges sends all from the beginning: what comes before is passed over. */
async function readPart(
  body: AsyncIterable<Uint8Array>,
  skip: number,
  length: number,
  tooShort: ClipsightError,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let passed = 0;
  let filled = 0;
  for await (const chunk of body) {
    const from = Math.min(chunk.length, Math.max(0, skip - passed));
    const part = chunk.subarray(from, from + length - filled);
    bytes.set(part, filled);
    passed += chunk.length;
    filled += part.length;
    if (filled === length) return bytes;
  }
  throw new Transient(tooShort);
}

function notThatPart(repo: string, path: string): ClipsightError {
  return new ClipsightError(
    'network',
    `The hub sent another part of ${repo}/${path} than was asked for.`,
    'Try again later.',
  );
}
