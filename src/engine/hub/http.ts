import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ClipsightError } from '../../shared/errors';
import type { HubEnvironment } from './environment';
import { Transient, throwIfCancelled } from './retry';

export interface HubResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /**
   * Names the content of a file: of what the hub itself said, as opposed to the storage that it sent us to, whose
   * etag means something else. Null where it said nothing.
   */
  readonly etag: string | null;
  /** Bytes as they are; to be read to the end or destroyed. Errors of the connection are Transient. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of what was not read. */
  discard(): void;
}

export interface Timeouts {
  /** Milliseconds, without any sign of the other side. */
  readonly connect: number;
  readonly silence: number;
}

export const usualTimeouts: Timeouts = { connect: 10_000, silence: 30_000 };

const mostRedirects = 8;

/** Asks the hub, through the proxies of the environment. The token goes to the hub's own address and nowhere else. */
export class HubHttp {
  readonly #environment: HubEnvironment;
  readonly #timeouts: Timeouts;
  #client: Promise<Client> | undefined;

  constructor(environment: HubEnvironment, timeouts: Timeouts = usualTimeouts) {
    this.#environment = environment;
    this.#timeouts = timeouts;
  }

  /**
   * GET, redirects followed. `url` is an address of the hub.
   *
   * @throws Transient where there is no answer; ClipsightError `network`, `cancelled`.
   */
  async get(
    url: string,
    headers: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<HubResponse> {
    this.#client ??= connect(this.#environment, this.#timeouts);
    const { request, dispatcher } = await this.#client;
    const { origin } = new URL(this.#environment.endpoint);
    const { token } = this.#environment;
    let etag: string | null = null;
    let target = new URL(url);
    for (let hops = 0; hops <= mostRedirects; hops++) {
      throwIfCancelled(signal);
      const isHub = target.origin === origin;
      const response = await request(target, {
        method: 'GET',
        dispatcher,
        headers: {
          'user-agent': 'clipsight',
          'accept-encoding': 'identity',
          ...(isHub ? headers : withoutCondition(headers)),
          ...(isHub && token !== null ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(signal === undefined ? {} : { signal }),
      }).catch((thrown: unknown) => {
        throw failure(thrown, target.host, signal);
      });
      // Whoever reads the body is told of errors there; until then there is nobody.
      response.body.on('error', () => undefined);
      const received = headerMap(response.headers);
      const linked = received.get('x-linked-etag') ?? (isHub ? received.get('etag') : undefined);
      const location = received.get('location');
      const isRedirect = response.statusCode >= 300 && response.statusCode < 400 && location !== undefined;
      if (linked !== undefined && (response.statusCode < 300 || received.has('x-linked-etag'))) {
        etag ??= normalized(linked);
      }
      if (!isRedirect) {
        const host = target.host;
        return {
          status: response.statusCode,
          headers: received,
          etag,
          body: translated(response.body, host, signal),
          discard: () => void response.body.destroy(),
        };
      }
      response.body.destroy();
      target = redirected(location, target);
    }
    throw new ClipsightError(
      'network',
      `${this.#environment.endpoint} sends requests round in circles (${new URL(url).pathname}).`,
      'Check HF_ENDPOINT and the proxy, or try again later.',
    );
  }

  /** Lets go of all connections. */
  async close(): Promise<void> {
    await (await this.#client)?.dispatcher.destroy();
    this.#client = undefined;
  }
}

interface Client {
  readonly request: typeof import('undici').request;
  readonly dispatcher: Dispatcher;
}

/** The library is loaded when it is first needed: most studies never ask the hub. */
async function connect({ proxy }: HubEnvironment, { connect: timeout, silence }: Timeouts): Promise<Client> {
  const { request, EnvHttpProxyAgent } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: proxy.http,
    httpsProxy: proxy.https,
    noProxy: proxy.except,
    connect: { timeout },
    headersTimeout: silence,
    bodyTimeout: silence,
  });
  return { request, dispatcher };
}

/** The hub's etag means nothing to the storage behind it: there the address itself names the content. */
function withoutCondition(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'if-range'));
}

function headerMap(headers: Readonly<Record<string, string | string[] | undefined>>): Map<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value] as const],
    ),
  );
}

/** Without quotes, and without the mark of a weak one: as blobs are named. */
function normalized(etag: string): string {
  return etag.replace(/^W\//, '').replaceAll('"', '');
}

function redirected(location: string, from: URL): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  if (target !== null && (target.protocol === 'https:' || target.protocol === from.protocol)) return target;
  throw new ClipsightError(
    'network',
    `${from.host} redirects to an address that is not followed.`,
    'Check HF_ENDPOINT and the proxy, or try again later.',
  );
}

async function* translated(
  body: Readable,
  host: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (thrown) {
    throw failure(thrown, host, signal);
  }
}

const unreachable =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|UND_ERR_CONNECT_TIMEOUT)$/;
const untrusted = /CERT|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/;

function failure(thrown: unknown, host: string, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return new ClipsightError('cancelled', 'The download was cancelled.');
  const { code, reason } = described(thrown);
  const options = { cause: thrown };
  if (/^Proxy response/.test(reason)) {
    return new ClipsightError(
      'network',
      `The proxy did not let a request to ${host} through: ${reason}.`,
      'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY.',
      options,
    );
  }
  if (untrusted.test(code)) {
    return new ClipsightError(
      'network',
      `The connection to ${host} cannot be trusted: ${reason} (${code}).`,
      'Behind a proxy that opens connections, set NODE_EXTRA_CA_CERTS to its certificate.',
      options,
    );
  }
  if (unreachable.test(code)) {
    const error = new ClipsightError(
      'network',
      `${host} cannot be reached (${code}).`,
      'Check the network connection, and HTTPS_PROXY if this machine needs a proxy.',
      options,
    );
    return new Transient(error, null, true);
  }
  const error = new ClipsightError(
    'network',
    `The connection to ${host} was cut: ${reason}.`,
    'Try again: the download goes on where it stopped.',
    options,
  );
  return new Transient(error);
}

/** Code and message of an error, or of the first behind it that has a code. */
function described(thrown: unknown): { code: string; reason: string } {
  if (!(thrown instanceof Error)) return { code: '', reason: String(thrown) };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (thrown instanceof AggregateError && thrown.errors.length > 0) {
    const first = described(thrown.errors[0]);
    return { code: code || first.code, reason: thrown.message || first.reason };
  }
  return { code, reason: (thrown.message || code || thrown.name).replace(/\.$/, '') };
}
