import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, sep } from 'node:path';

/** A repository as the server has it; a test may change it between requests. */
export interface ServedRepo {
  files: { [path: string]: Uint8Array };
  /** Files of at least so many bytes are Git LFS's, and served by the storage behind the hub. */
  lfsFrom?: number;
  gated?: boolean;
  private?: boolean;
  /** Beside main. */
  revisions?: { [name: string]: string };
}

/** What goes wrong with one answer. */
export type Fault =
  /** The connection ends after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Nothing more comes after so many bytes of the body; the connection stays. */
  | { readonly kind: 'stall'; readonly after: number }
  /** So many bytes are missing from the end (or too many), and the headers say so. */
  | { readonly kind: 'length'; readonly by: number }
  /** The byte at this place of the body is another. */
  | { readonly kind: 'wrong-byte'; readonly at: number }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'redirect-loop' }
  /** The whole file, status 200, whatever part was asked for. */
  | { readonly kind: 'ignores-range' }
  /** The repository changes just before. */
  | { readonly kind: 'change'; readonly change: (repo: ServedRepo) => void };

export interface Request {
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
  /** Bytes of the body that were sent. */
  sent: number;
}

export interface HubServerOptions {
  readonly repos?: { [id: string]: ServedRepo };
  /** The only one that opens what is gated or private. */
  readonly token?: string;
  readonly port?: number;
  /** Milliseconds between parts of 16 KB; 0 sends at once. */
  readonly pace?: number;
  /** Asked for each file's bytes that are about to be sent; null sends them as they are. */
  readonly fault?: (request: { readonly path: string; readonly count: number }) => Fault | null;
  /** Entries of a page of a listing. */
  readonly page?: number;
}

/**
 * A server that speaks as much of the hub's protocol as Clipsight uses, on 127.0.0.1 only: the commit of a revision,
 * the tree in pages, files with ETag and Range, large ones behind a redirect to a storage with a host of
 * its own, as the hub's CDN has.
 */
export class HubServer {
  readonly requests: Request[] = [];
  readonly repos: { [id: string]: ServedRepo };
  fault: NonNullable<HubServerOptions['fault']>;
  pace: number;
  readonly #options: HubServerOptions;
  readonly #counts = new Map<string, number>();
  readonly #servers: Server[] = [];
  /** Commits that were heads: the hub keeps them, this server with the content of the newest. */
  readonly #heads = new Set<string>();
  #storage = '';
  endpoint = '';

  private constructor(options: HubServerOptions) {
    this.#options = options;
    this.repos = options.repos ?? {};
    this.fault = options.fault ?? (() => null);
    this.pace = options.pace ?? 0;
  }

  static async start(options: HubServerOptions = {}): Promise<HubServer> {
    const server = new HubServer(options);
    server.endpoint = await server.#listen(
      (request, response) => server.#hub(request, response),
      options.port,
    );
    const storage = await server.#listen((request, response) => server.#stored(request, response));
    // By another name: clients tell the hub from its storage by the host.
    server.#storage = storage.replace('127.0.0.1', 'localhost');
    return server;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  /** Bytes of bodies of files sent, of those whose path ends so. */
  bytesSent(ending = ''): number {
    return this.requests
      .filter(({ path }) => /\/(resolve|storage)\//.test(path) && path.endsWith(ending))
      .reduce((sum, { sent }) => sum + sent, 0);
  }

  async #listen(
    handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
    port = 0,
  ): Promise<string> {
    const server = createServer((request, response) => {
      Promise.resolve(handle(request, response)).catch(() => response.destroy());
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async #hub(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const log = this.#logged(request, url.pathname);
    const [, api, id] = /^(\/api\/models)?\/([^/]+\/[^/]+)\//.exec(url.pathname) ?? [];
    const repo = id === undefined ? undefined : this.repos[id];
    const rest = url.pathname.slice((api ?? '').length + (id ?? '').length + 2);
    const [route = '', revision = '', ...path] = rest.split('/').map(decodeURIComponent);
    if (id === undefined || repo === undefined || (repo.private && !this.#isAllowed(log))) {
      // The hub tells strangers nothing of what does not exist.
      refuse(response, log.authorization === null ? 401 : 404, 'RepoNotFound', 'Repository not found');
      return;
    }
    const commit = this.#commit(repo, revision);
    if (commit === null) return refuse(response, 404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
    const fault = this.#faultFor(url.pathname, api === undefined, repo);
    if (fault?.kind === 'status') return void response.writeHead(fault.status, fault.headers).end();
    if (fault?.kind === 'redirect-loop')
      return void response.writeHead(302, { location: url.pathname }).end();
    if (api !== undefined) {
      if (route === 'revision')
        return json(response, { id, sha: commit, gated: repo.gated ? 'manual' : false });
      if (route === 'tree') return this.#tree(repo, url, response);
    }
    if (route !== 'resolve') return refuse(response, 404, '', 'Not found');
    await this.#resolve(repo, commit, path.join('/'), { request, response, log, fault });
  }

  /** Pages with a cursor, as a Link header names the next. */
  #tree(repo: ServedRepo, url: URL, response: ServerResponse): void {
    const entries = Object.entries(repo.files).map(([path, bytes]) => {
      const file = { type: 'file', path, size: bytes.length, oid: gitSha1(bytes) };
      return isLfs(repo, bytes)
        ? { ...file, lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } }
        : file;
    });
    const folders = new Set(entries.flatMap(({ path }) => path.split('/').slice(0, -1).slice(0, 1)));
    const all = [
      ...[...folders].map((path) => ({ type: 'directory', path, oid: '0'.repeat(40), size: 0 })),
      ...entries,
    ];
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const to = from + (this.#options.page ?? 1000);
    if (to < all.length) {
      const next = new URL(url);
      next.searchParams.set('cursor', String(to));
      response.setHeader('link', `<${next.href}>; rel="next"`);
    }
    json(response, all.slice(from, to));
  }

  async #resolve(repo: ServedRepo, commit: string, path: string, exchange: Exchange): Promise<void> {
    const { response, log } = exchange;
    response.setHeader('x-repo-commit', commit);
    if (repo.gated && !this.#isAllowed(log)) {
      return refuse(response, log.authorization === null ? 401 : 403, 'GatedRepo', 'Access is restricted');
    }
    const bytes = repo.files[path];
    if (bytes === undefined) return refuse(response, 404, 'EntryNotFound', 'Entry not found');
    if (!isLfs(repo, bytes)) return this.#send(bytes, `"${gitSha1(bytes)}"`, exchange);
    const location = `${this.#storage}/storage/${sha256(bytes)}/${path.split('/').map(encodeURIComponent).join('/')}`;
    response
      .writeHead(302, { location, 'x-linked-size': bytes.length, 'x-linked-etag': `"${sha256(bytes)}"` })
      .end();
  }

  /** The storage knows files by their hash, and has an ETag that means nothing to the hub. */
  async #stored(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#storage);
    const log = this.#logged(request, url.pathname);
    const [, hash] = /^\/storage\/([0-9a-f]{64})\//.exec(url.pathname) ?? [];
    const all = Object.values(this.repos).flatMap((repo) =>
      Object.values(repo.files).map((bytes) => ({ repo, bytes })),
    );
    const found = all.find(({ bytes }) => sha256(bytes) === hash);
    if (found === undefined) return void response.writeHead(404).end();
    const fault = this.#faultFor(url.pathname, true, found.repo);
    if (fault?.kind === 'status') return void response.writeHead(fault.status, fault.headers).end();
    if (fault?.kind === 'redirect-loop')
      return void response.writeHead(302, { location: url.pathname }).end();
    await this.#send(found.bytes, `"storage-${found.bytes.length}"`, { request, response, log, fault });
  }

  async #send(whole: Uint8Array, etag: string, { request, response, log, fault }: Exchange): Promise<void> {
    const condition = request.headers['if-range'];
    const isWhole = fault?.kind === 'ignores-range' || (condition !== undefined && condition !== etag);
    const [, first, last] = (isWhole ? null : /^bytes=(\d+)-(\d*)$/.exec(log.range ?? '')) ?? [];
    const start = Number(first ?? 0);
    if (first !== undefined && start >= whole.length) {
      return void response.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end();
    }
    const end = last ? Math.min(whole.length, Number(last) + 1) : whole.length;
    let body = Buffer.from(whole.subarray(start, end));
    if (fault?.kind === 'length') {
      body =
        fault.by < 0
          ? body.subarray(0, body.length + fault.by)
          : Buffer.concat([body, Buffer.alloc(fault.by)]);
    }
    if (fault?.kind === 'wrong-byte') body[fault.at % body.length]! ^= 0xff;
    response.writeHead(first === undefined ? 200 : 206, {
      etag,
      'accept-ranges': 'bytes',
      'content-length': body.length,
      ...(first === undefined
        ? {}
        : { 'content-range': `bytes ${start}-${start + body.length - 1}/${whole.length}` }),
    });
    if (request.method === 'HEAD') return void response.end();
    const stops =
      fault?.kind === 'cut' || fault?.kind === 'stall' ? Math.min(fault.after, body.length) : body.length;
    await this.#write(response, body.subarray(0, stops), log);
    if (fault?.kind === 'cut') response.socket?.destroy();
    else if (fault?.kind !== 'stall') response.end();
  }

  async #write(response: ServerResponse, body: Uint8Array, log: Request): Promise<void> {
    const step = this.pace === 0 ? 65_536 : 16_384;
    for (let at = 0; at < body.length && !response.destroyed; at += step) {
      const part = body.subarray(at, at + step);
      await written(response, part);
      log.sent += part.length;
      if (this.pace > 0) await new Promise((resolve) => setTimeout(resolve, this.pace));
    }
  }

  #logged(request: IncomingMessage, path: string): Request {
    const { range, authorization } = request.headers;
    const log = {
      path: decodeURIComponent(path),
      range: range ?? null,
      authorization: authorization ?? null,
      sent: 0,
    };
    this.requests.push(log);
    return log;
  }

  /** Faults befall files, and the hub's answers about a repository where `isFile` is false. */
  #faultFor(path: string, isFile: boolean, repo: ServedRepo): Fault | null {
    if (!isFile && !path.startsWith('/api/')) return null;
    const count = this.#counts.get(path) ?? 0;
    this.#counts.set(path, count + 1);
    const fault = this.fault({ path: decodeURIComponent(path), count });
    if (fault?.kind === 'change') fault.change(repo);
    return fault;
  }

  #isAllowed({ authorization }: Request): boolean {
    return this.#options.token !== undefined && authorization === `Bearer ${this.#options.token}`;
  }

  /** The commit is made of the content: it changes when that does. */
  #commit(repo: ServedRepo, revision: string): string | null {
    const names = Object.entries(repo.files).map(([path, bytes]) => `${path} ${gitSha1(bytes)}`);
    const head = createHash('sha1').update(names.join('\n')).digest('hex');
    this.#heads.add(head);
    if (revision === 'main') return head;
    const known = [...this.#heads, ...Object.values(repo.revisions ?? {})];
    return repo.revisions?.[revision] ?? known.find((commit) => commit === revision) ?? null;
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly log: Request;
  readonly fault: Fault | null;
}

function isLfs({ lfsFrom }: ServedRepo, bytes: Uint8Array): boolean {
  return bytes.length >= (lfsFrom ?? 10_000);
}

function json(response: ServerResponse, content: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(content));
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'x-error-code': code, 'x-error-message': message }).end();
}

/** Resolves when the part has left, or the other side. */
function written(response: ServerResponse, part: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('close', done);
      resolve();
    };
    response.on('close', done);
    response.write(part, done);
  });
}

/** What is served is hashed once. */
function remembered(hash: (bytes: Uint8Array) => string): (bytes: Uint8Array) => string {
  const known = new WeakMap<Uint8Array, string>();
  return (bytes) => {
    const digest = known.get(bytes) ?? hash(bytes);
    known.set(bytes, digest);
    return digest;
  };
}

export const sha256 = remembered((bytes) => createHash('sha256').update(bytes).digest('hex'));

/** As Git names a blob. */
export const gitSha1 = remembered((bytes) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
);

/** A folder as a repository. */
export function repoOfFolder(folder: string): ServedRepo {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = names.map((entry) => join(entry.parentPath, entry.name));
  return {
    files: Object.fromEntries(
      paths.map((path) => [
        path
          .slice(folder.length + 1)
          .split(sep)
          .join('/'),
        readFileSync(path),
      ]),
    ),
  };
}
