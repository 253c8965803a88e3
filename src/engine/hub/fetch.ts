import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import { readJson } from '../checkpoint/files';
import {
  addToSnapshot,
  blobFile,
  cachedCommit,
  knownAbsent,
  rememberAbsent,
  repoFolder,
  sizeOf,
  snapshotFile,
  snapshotFiles,
  snapshotFolder,
  writeRef,
} from './cache';
import { ambiguousConfig, type Choice, choose, isOfTransformers, type NoChoice } from './choice';
import { ChangedOnHub, downloadBlob, unwritable } from './download';
import { type HubEnvironment, hubEnvironment, withAddresses } from './environment';
import { HubHttp, type Timeouts } from './http';
import { partialSize } from './partialFile';
import { type Hub, type RepoFile, type RepoTree, readRepository } from './repository';
import { type RetryPolicy, throwIfCancelled, usualRetries } from './retry';
import { type HubKind, type HubSource, ownerOf, parseSource, sourceText } from './source';

export interface FetchOptions extends CallOptions {
  /** That of the process if left out. */
  readonly environment?: HubEnvironment | undefined;
  readonly retries?: RetryPolicy | undefined;
  readonly timeouts?: Timeouts | undefined;
  /** Where relative paths begin. */
  readonly cwd?: string | undefined;
}

/** A model or dictionary on this machine. */
export interface Fetched {
  /** Absolute: the folder or, where only one of its files is meant, that file. */
  readonly path: string;
  /** Null for what was on this machine by a path of its own. */
  readonly hub: {
    readonly repo: string;
    readonly revision: string;
    readonly commit: string;
    /** Absolute paths. */
    readonly weights: readonly string[];
  } | null;
  /** What could not be made sure of, in sentences. */
  readonly notes: readonly string[];
}

/**
 * A model or dictionary as a path on this machine: as it is, if it is one; from the cache, if it is there; else
 * downloaded into the cache. Progress is in bytes, of all files together. The network is not asked for what the cache
 * has, whoever downloaded it.
 *
 * @throws ClipsightError `network`, `cancelled`, `configuration`, or with the code of `kind` for what a repository
 * holds or a source that is none.
 */
export async function fetchSource(text: string, kind: HubKind, options: FetchOptions = {}): Promise<Fetched> {
  const source = await parseSource(text, kind, options.cwd);
  if (source.place === 'here') return { path: source.path, hub: null, notes: [] };
  const environment = options.environment ?? (await hubEnvironment());
  const cached = await findCached(source, kind, environment);
  if (cached !== null && doubtsOf(cached).length === 0) return cached.fetched;
  if (environment.offline) {
    if (cached !== null) return withDoubt(cached, 'the network is switched off by HF_HUB_OFFLINE');
    throw notCached(source, environment);
  }
  return withHub({ ...options, environment }, async (hub) => {
    // Whoever has all but a file that perhaps does not exist does not wait for a network that is not there.
    const patience = cached === null ? hub : { ...hub, retries: { ...hub.retries, attempts: 1 } };
    try {
      return await fetchFromHub(patience, source, kind, options);
    } catch (thrown) {
      if (cached === null || !(thrown instanceof ClipsightError) || thrown.code !== 'network') throw thrown;
      return withDoubt(cached, thrown.message.replace(/\.$/, ''));
    }
  });
}

/** Runs `work` with connections that are let go of in the end. */
export async function withHub<T>(
  options: FetchOptions & { readonly environment: HubEnvironment },
  work: (hub: Hub) => Promise<T>,
): Promise<T> {
  const { onProgress, retries = usualRetries, timeouts } = options;
  const environment = withAddresses(options.environment);
  const http = new HubHttp(environment, timeouts);
  const { host } = new URL(environment.endpoint);
  const onTry = () => onProgress?.({ stage: `Asking ${host}`, done: 0, total: 1 });
  try {
    return await work({ http, environment, retries, onTry });
  } finally {
    await http.close();
  }
}

interface Cached {
  readonly fetched: Fetched;
  /** What should be beside the weights, is not in the cache, and may be on the hub. */
  readonly absent: readonly string[];
  /** The weights were picked among those that are in the cache: the hub may have others that would be picked. */
  readonly picked: boolean;
}

/** What the cache has of a source: nothing, if weights or configuration are not all there. */
export async function findCached(
  source: HubSource,
  kind: HubKind,
  { cache }: Pick<HubEnvironment, 'cache'>,
): Promise<Cached | null> {
  const folder = repoFolder(cache, source.repo);
  const commit = await cachedCommit(folder, source.revision);
  if (commit === null) return null;
  const files = await snapshotFiles(folder, commit);
  const config = ambiguousConfig(files, kind, source.within);
  const ours = config === null || (await isOurs(snapshotFile(folder, commit, config)));
  const choice = choose(files, kind, source.within, ours);
  if (!isChoice(choice)) return null;
  const known = await knownAbsent(folder, commit, choice.absent);
  const absent = choice.absent.filter((path) => !known.has(path));
  const picked = choice.file !== null && choice.file !== source.within;
  return { fetched: fetchedFrom(source, commit, folder, choice), absent, picked };
}

export function isChoice(choice: Choice | NoChoice): choice is Choice {
  return !('problem' in choice);
}

function fetchedFrom({ repo, revision }: HubSource, commit: string, folder: string, choice: Choice): Fetched {
  const at = (path: string) => snapshotFile(folder, commit, path);
  const path =
    choice.file !== null
      ? at(choice.file)
      : choice.folder === ''
        ? snapshotFolder(folder, commit)
        : at(choice.folder);
  return { path, hub: { repo, revision, commit, weights: choice.weights.map(at) }, notes: [] };
}

function doubtsOf({ absent, picked }: Cached): readonly string[] {
  return picked ? [...absent, 'other weights'] : absent;
}

function withDoubt(cached: Cached, why: string): Fetched {
  const { fetched } = cached;
  const note = `Whether the hub has ${doubtsOf(cached).join(' or ')} of ${fetched.hub?.repo} could not be asked: ${why}.`;
  return { ...fetched, notes: [...fetched.notes, note] };
}

export function notCached(source: HubSource, { cache }: HubEnvironment): ClipsightError {
  return new ClipsightError(
    'network',
    `${sourceText(source)} is not in the cache (${cache}), and the network is switched off by HF_HUB_OFFLINE.`,
    'Unset HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE, or download it elsewhere and copy it into the cache.',
  );
}

/** How often a repository may change while it is downloaded. */
const mostChanges = 3;

async function fetchFromHub(
  hub: Hub,
  source: HubSource,
  kind: HubKind,
  options: CallOptions,
): Promise<Fetched> {
  for (let changes = 0; ; changes++) {
    const tree = await readRepository(hub, source.repo, source.revision, options.signal);
    try {
      const choice = await chooseOnHub(hub, tree, source, kind, options.signal);
      await storeFiles(hub, tree, source.revision, [...choice.small, ...choice.weights], options);
      const folder = repoFolder(hub.environment.cache, source.repo);
      await rememberAbsent(folder, tree.commit, choice.absent);
      return fetchedFrom(source, tree.commit, folder, choice);
    } catch (thrown) {
      if (!(thrown instanceof ChangedOnHub)) throw thrown;
      if (changes === mostChanges) {
        throw new ClipsightError(
          'network',
          `${source.repo} keeps changing on the hub while it is downloaded.`,
          'Try again later, or name a commit: owner/name@commit.',
          { cause: thrown },
        );
      }
    }
  }
}

/**
 * What of a repository is to be downloaded. Where that hangs on a configuration, this is downloaded.
 *
 * @throws ChangedOnHub; ClipsightError with the code of `kind`, and as storeFiles does
 */
export async function chooseOnHub(
  hub: Hub,
  tree: RepoTree,
  { revision, within }: HubSource,
  kind: HubKind,
  signal: AbortSignal | undefined,
): Promise<Choice> {
  const { repo, commit, files } = tree;
  const config = ambiguousConfig(files, kind, within);
  if (config !== null) await storeFiles(hub, tree, revision, [config], { signal });
  const folder = repoFolder(hub.environment.cache, repo);
  const ours = config === null || (await isOurs(snapshotFile(folder, commit, config)));
  const choice = choose(files, kind, within, ours);
  if (isChoice(choice)) return choice;
  throw new ClipsightError(ownerOf[kind], `${repo} ${choice.problem}.`, choice.remedy);
}

/** Whether a config.json is that of a CLIP of transformers; what cannot be read is not. */
async function isOurs(file: string): Promise<boolean> {
  return readJson(file, 'checkpoint').then(isOfTransformers, () => false);
}

/**
 * Brings files of a commit into the cache; those that are there are left alone. The ref comes last: a revision leads
 * to a commit only when all that was asked of it is there.
 *
 * @throws ChangedOnHub, ClipsightError
 */
export async function storeFiles(
  hub: Hub,
  { repo, commit, files }: RepoTree,
  revision: string,
  paths: readonly string[],
  { signal, onProgress }: CallOptions,
): Promise<void> {
  const { cache, noLinks } = hub.environment;
  const folder = repoFolder(cache, repo);
  const wanted = files.filter(({ path }) => paths.includes(path));
  const missing: RepoFile[] = [];
  for (const file of wanted) {
    if ((await sizeOf(snapshotFile(folder, commit, file.path))) !== file.size) missing.push(file);
  }
  await demandRoom(missing, folder, cache);
  const total = missing.reduce((sum, { size }) => sum + size, 0);
  const report = occasionally((done) => onProgress?.({ stage: `Downloading ${repo}`, done, total }), total);
  let before = 0;
  for (const file of missing) {
    const blob = blobFile(folder, file.etag);
    const onBytes = (done: number) => report(before + done);
    const isNew = await downloadBlob({ hub, repo, commit, file, blob, signal, onBytes });
    throwIfCancelled(signal);
    await addToSnapshot(blob, snapshotFile(folder, commit, file.path), { isNew, noLinks }).catch(
      (thrown: unknown) => {
        throw unwritable(thrown, `${repo}/${file.path}`, folder);
      },
    );
    before += file.size;
  }
  if (missing.length > 0 || (await cachedCommit(folder, revision)) !== commit) {
    await writeRef(folder, revision, commit).catch((thrown: unknown) => {
      throw unwritable(thrown, repo, folder);
    });
  }
}

/** A chunk of 64 KB is no news by itself: tells of the first, the last, and ten a second between. */
function occasionally(tell: (done: number) => void, total: number): (done: number) => void {
  let next = 0;
  return (done) => {
    const now = performance.now();
    if (now < next && done !== total) return;
    next = now + 100;
    tell(done);
  };
}

/** Says so before, where it is plain that the disk is too small. */
async function demandRoom(missing: readonly RepoFile[], folder: string, cache: string): Promise<void> {
  let needed = 0;
  for (const { etag, size } of missing) {
    const blob = blobFile(folder, etag);
    if ((await sizeOf(blob)) !== size) needed += Math.max(0, size - (await partialSize(blob)));
  }
  const disk = await statfs(folder)
    .catch(() => statfs(cache))
    .catch(() => null);
  if (disk === null || disk.bsize * disk.bavail >= needed) return;
  throw new ClipsightError(
    'network',
    `The disk of ${cache} has ${megabytes(disk.bsize * disk.bavail)} MB left, ${megabytes(needed)} MB are needed.`,
    'Free some space, or set HF_HUB_CACHE to a folder on another disk.',
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}

const clipTokenizer: HubSource = {
  place: 'hub',
  repo: 'openai/clip-vit-base-patch32',
  revision: 'main',
  within: '',
};

/**
 * The tokenizer.json that CLIP and open_clip's models share, for a checkpoint that has none: its absolute path, in the
 * cache. The settings beside it (tokenizer_config.json) come along.
 *
 * @throws ClipsightError `network`, `cancelled`, `configuration`
 */
export async function tokenizerFallback(options: FetchOptions = {}): Promise<string> {
  const environment = options.environment ?? (await hubEnvironment());
  const folder = repoFolder(environment.cache, clipTokenizer.repo);
  const commit = await cachedCommit(folder, clipTokenizer.revision);
  const cached = commit === null ? null : snapshotFile(folder, commit, 'tokenizer.json');
  if (cached !== null && (await sizeOf(cached)) !== null) return cached;
  if (environment.offline) throw notCached({ ...clipTokenizer, within: 'tokenizer.json' }, environment);
  return withHub({ ...options, environment }, async (hub) => {
    const tree = await readRepository(hub, clipTokenizer.repo, clipTokenizer.revision, options.signal);
    const names = ['tokenizer_config.json', 'tokenizer.json'];
    await storeFiles(hub, tree, clipTokenizer.revision, names, options);
    return join(snapshotFolder(folder, tree.commit), 'tokenizer.json');
  });
}
