import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import type { HubEnvironment } from './environment';
import type { HubHttp, HubResponse } from './http';
import { type Asked, refusal } from './refusal';
import { type RetryPolicy, withRetries } from './retry';

/** A file of a repository. */
export interface RepoFile {
  /** With slashes, from the root. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** SHA-256 of the content where Git LFS stores it, else its SHA-1 as a Git blob: the name of its blob. */
  readonly etag: string;
}

/** A repository as it is at a commit. */
export interface RepoTree {
  readonly repo: string;
  readonly commit: string;
  readonly files: readonly RepoFile[];
}

/** What is needed to ask the hub. */
export interface Hub {
  readonly http: HubHttp;
  readonly environment: HubEnvironment;
  readonly retries: RetryPolicy;
  /** Before each request about a repository: a sign of life while a hub that does not answer is asked again. */
  readonly onTry: () => void;
}

const sha1 = z.string().regex(/^[0-9a-f]{40}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Info = z.object({ sha: sha1 });
const Entry = z.object({
  type: z.string(),
  path: z.string(),
  oid: sha1,
  size: z.number().int().nonnegative(),
  lfs: z.object({ oid: sha256, size: z.number().int().nonnegative() }).nullish(),
});
const Page = z.array(Entry.or(z.object({ type: z.literal('directory') })));

const largestAnswer = 32 * 1024 * 1024;
const mostPages = 100;

/**
 * What a repository holds at a revision, with sizes and hashes.
 *
 * @throws ClipsightError `network`, `cancelled`
 */
export async function readRepository(
  hub: Hub,
  repo: string,
  revision: string,
  signal?: AbortSignal,
): Promise<RepoTree> {
  const api = `${hub.environment.endpoint}/api/models/${repo}`;
  const asked: Asked = { repo, revision, file: null };
  const info = await ask(hub, `${api}/revision/${encodeURIComponent(revision)}`, asked, signal);
  const { sha: commit } = checked(Info, info.json, asked, hub);
  const files: RepoFile[] = [];
  let next: string | null = `${api}/tree/${commit}?recursive=true`;
  for (let pages = 0; next !== null; pages++) {
    if (pages === mostPages) throw unexpected(asked, hub, `it lists more than ${files.length} files`);
    const page = await ask(hub, next, asked, signal);
    for (const entry of checked(Page, page.json, asked, hub)) {
      if (!('path' in entry) || entry.type !== 'file') continue;
      if (!isPlain(entry.path)) throw unexpected(asked, hub, `it lists a file ${JSON.stringify(entry.path)}`);
      files.push({
        path: entry.path,
        size: entry.lfs?.size ?? entry.size,
        etag: entry.lfs?.oid ?? entry.oid,
      });
    }
    next = nextPage(page.link, next);
  }
  return { repo, commit, files };
}

/** Where a file of a commit is read. */
export function fileUrl({ endpoint }: HubEnvironment, repo: string, commit: string, path: string): string {
  return `${endpoint}/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** A path that stays within its folder, on every system. */
function isPlain(path: string): boolean {
  return !/^\/|^[A-Za-z]:|[\\\0]/.test(path) && !path.split('/').some((part) => /^(\.{0,2})$/.test(part));
}

interface Answer {
  readonly json: unknown;
  readonly link: string | undefined;
}

function ask(hub: Hub, url: string, asked: Asked, signal: AbortSignal | undefined): Promise<Answer> {
  return withRetries(hub.retries, signal, async () => {
    hub.onTry();
    const response = await hub.http.get(url, {}, signal);
    if (response.status !== 200) {
      response.discard();
      throw refusal(response, asked, hub.environment);
    }
    const text = await bodyText(response, asked, hub);
    try {
      return { json: JSON.parse(text), link: response.headers.get('link') };
    } catch {
      throw unexpected(asked, hub, 'it is not JSON');
    }
  });
}

async function bodyText(response: HubResponse, asked: Asked, hub: Hub): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > largestAnswer) throw unexpected(asked, hub, `it has more than ${largestAnswer} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function checked<T>(schema: z.ZodType<T>, json: unknown, asked: Asked, hub: Hub): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unexpected(asked, hub, `${issue?.path.join('.')}: ${issue?.message}`);
}

/** Of a Link header; only on the same host: the token is sent there. */
function nextPage(link: string | undefined, from: string): string | null {
  const target = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, from)) return null;
  const url = new URL(target, from);
  // Behind a mirror or a proxy the hub may name itself by its own address: only the path is taken.
  return new URL(`${url.pathname}${url.search}`, from).href;
}

function unexpected({ repo }: Asked, { environment }: Hub, what: string): ClipsightError {
  return new ClipsightError(
    'network',
    `${new URL(environment.endpoint).host} answers about ${repo} not as the hub does: ${what}.`,
    'Check HF_ENDPOINT and the proxy, or try again later.',
  );
}
