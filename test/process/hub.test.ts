import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { withFile } from '../../src/engine/checkpoint/files';
import { torchTensors } from '../../src/engine/checkpoint/stateDict';
import { readFloats } from '../../src/engine/checkpoint/tensors';
import { readTorch } from '../../src/engine/checkpoint/torchFile';
import { readEntry, readZip } from '../../src/engine/checkpoint/zip';
import { readClip } from '../../src/engine/clip/checkpoint';
import { modelCard } from '../../src/engine/clip/modelCard';
import { dictionaryCard } from '../../src/engine/dictionary/dictionaryCard';
import { readDictionary } from '../../src/engine/dictionary/readDictionary';
import type { HubEnvironment } from '../../src/engine/hub/environment';
import { type FetchOptions, fetchSource, tokenizerFallback } from '../../src/engine/hub/fetch';
import { withOutline } from '../../src/engine/hub/outline';
import { withSource } from '../../src/engine/hub/remote';
import type { Progress } from '../../src/shared/rpc/protocol';
import { expectError } from '../support/expectError';
import {
  type Fault,
  gitSha1,
  HubServer,
  type HubServerOptions,
  type ServedRepo,
  sha256,
} from '../support/hubServer';
import { safetensorsBytes } from '../support/safetensorsFile';
import { temporaryFolder } from '../support/temporaryFolder';
import { zipBytes } from '../support/zipFile';

/** Real downloads from a server on this machine that does to them what networks do. */

let built: string;
beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'clipsight-hub-'));
  await build({
    entryPoints: [join(__dirname, 'fixtures/downloader.ts')],
    outdir: built,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

const weights = noise(600_000, 1);
const text = (content: string) => new TextEncoder().encode(content);

function clipRepo(changes: { [path: string]: Uint8Array } = {}): ServedRepo {
  return {
    files: {
      'README.md': text('# A model'),
      'config.json': text('{"model_type":"clip"}'),
      'model.safetensors': weights,
      'preprocessor_config.json': text('{}'),
      'pytorch_model.bin': noise(500_000, 2),
      'tokenizer.json': text('{"tokens":[]}'),
      ...changes,
    },
  };
}

async function hubWith(
  options: HubServerOptions = {},
): Promise<{ server: HubServer; options: FetchOptions; cache: string }> {
  const server = await HubServer.start({ repos: { 'owner/clip': clipRepo() }, ...options });
  onTestFinished(() => server.stop());
  const cache = temporaryFolder();
  return { server, cache, options: optionsFor(server.endpoint, cache) };
}

function optionsFor(endpoint: string, cache: string, changes: Partial<HubEnvironment> = {}): FetchOptions {
  return {
    environment: {
      endpoint,
      cache,
      token: null,
      offline: false,
      noLinks: false,
      proxy: { http: '', https: '', except: '' },
      ...changes,
    },
    retries: { attempts: 6, most: 200, firstDelay: 1, longestDelay: 5, longestWait: 2000 },
    timeouts: { connect: 2000, silence: 800 },
  };
}

const folderOf = (cache: string) => join(cache, 'models--owner--clip');
const blobsOf = (cache: string) => readdirSync(join(folderOf(cache), 'blobs')).toSorted();

/** Pseudo-random bytes. */
function noise(length: number, seed: number): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0; i * 64 < length; i++) parts.push(createHash('sha512').update(`${seed} ${i}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('a download', () => {
  it('brings what a model needs into the cache that Python reads, and nothing else', async () => {
    const { server, options, cache } = await hubWith({ page: 2 });
    const progress: Progress[] = [];
    const fetched = await fetchSource('owner/clip', 'model', {
      ...options,
      onProgress: (p) => progress.push(p),
    });

    expect(readdirSync(fetched.path).toSorted()).toEqual([
      'config.json',
      'model.safetensors',
      'preprocessor_config.json',
      'tokenizer.json',
    ]);
    expect(readFileSync(join(fetched.path, 'model.safetensors')).equals(weights)).toBe(true);
    expect(fetched.path).toBe(join(folderOf(cache), 'snapshots', fetched.hub!.commit));
    expect(readFileSync(join(folderOf(cache), 'refs/main'), 'utf8')).toBe(fetched.hub!.commit);
    expect(readlinkSync(join(fetched.path, 'model.safetensors'))).toBe(join('../../blobs', sha256(weights)));
    expect(blobsOf(cache)).toContain(gitSha1(text('{}')));
    expect(fetched.hub!.weights).toEqual([join(fetched.path, 'model.safetensors')]);

    const total = weights.length + 21 + 2 + 13;
    expect(progress.at(-1)).toEqual({ stage: 'Downloading owner/clip', done: total, total });
    expect(progress.map(({ done }) => done)).toEqual(
      progress.map(({ done }) => done).toSorted((a, b) => a - b),
    );
    expect(server.bytesSent()).toBe(total);
  });

  it('asks the network for nothing that the cache has', async () => {
    const { server, options } = await hubWith();
    const first = await fetchSource('owner/clip', 'model', options);
    await server.stop();
    expect(await fetchSource('owner/clip', 'model', options)).toEqual(first);
    const offline = optionsFor(server.endpoint, options.environment!.cache, { offline: true });
    expect(await fetchSource(`owner/clip@${first.hub!.commit}`, 'model', offline)).toMatchObject({
      path: first.path,
    });
    await expectError(
      fetchSource('owner/other', 'model', offline),
      'network',
      'owner/other',
      'HF_HUB_OFFLINE',
    );
  });

  it('uses what Python downloaded, and asks only for what should be beside it', async () => {
    const { server, options, cache } = await hubWith();
    const commit = 'a'.repeat(40);
    const snapshot = join(folderOf(cache), 'snapshots', commit);
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(join(folderOf(cache), 'refs'));
    writeFileSync(join(folderOf(cache), 'refs/main'), commit);
    const settings = ['preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json'];
    for (const name of ['config.json', 'model.safetensors', ...settings]) {
      writeFileSync(join(snapshot, name), 'old');
    }
    expect(await fetchSource('owner/clip', 'model', options)).toMatchObject({ path: snapshot, notes: [] });
    expect(server.requests).toEqual([]);

    rmSync(join(snapshot, 'tokenizer.json'));
    const offline = optionsFor(server.endpoint, cache, { offline: true });
    const doubtful = await fetchSource('owner/clip', 'model', offline);
    expect(doubtful).toMatchObject({ path: snapshot, notes: [expect.stringContaining('tokenizer.json')] });
    const whole = await fetchSource('owner/clip', 'model', options);
    expect(whole.notes).toEqual([]);
    expect(readFileSync(join(whole.path, 'model.safetensors')).equals(weights)).toBe(true);
  });

  it('does not take the weights that are in the cache for those that the hub would pick', async () => {
    const [early, late] = [noise(1000, 3), noise(1000, 4)];
    const files = { 'config.json': text('{}'), 'n_images_10.pt': early, 'n_images_20.pt': late };
    const { server, options, cache } = await hubWith({ repos: { 'owner/sae': { files } } });
    const inspected = () =>
      withSource(
        'owner/sae',
        'dictionary',
        options,
        async ({ path }) => path,
        async ({ choice }) => choice.file,
      );
    const chosen = await fetchSource('owner/sae/n_images_10.pt', 'dictionary', options);
    expect(chosen.path).toContain('n_images_10.pt');
    expect(await inspected()).toBe('n_images_20.pt');
    const offline = optionsFor(server.endpoint, cache, { offline: true });
    expect(await fetchSource('owner/sae', 'dictionary', offline)).toMatchObject({
      path: chosen.path,
      notes: [expect.stringContaining('other weights')],
    });
    const { path, notes } = await fetchSource('owner/sae', 'dictionary', options);
    expect(readFileSync(path).equals(late)).toBe(true);
    expect(notes).toEqual([]);
    expect(await inspected()).toBe(path);
    await server.stop();
    expect(await inspected()).toBe(path);
  });

  it('remembers what a repository does not have', async () => {
    const repo = clipRepo();
    delete repo.files['tokenizer.json'];
    const { server, options, cache } = await hubWith({ repos: { 'owner/clip': repo } });
    const { hub } = await fetchSource('owner/clip', 'model', options);
    expect(readdirSync(join(folderOf(cache), '.no_exist', hub!.commit))).toEqual([
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    await server.stop();
    expect((await fetchSource('owner/clip', 'model', options)).notes).toEqual([]);
  });

  it('shares blobs between commits', async () => {
    const { server, options } = await hubWith();
    const first = await fetchSource('owner/clip', 'model', options);
    server.repos['owner/clip']!.files['config.json'] = text('{"model_type":"clip","changed":true}');
    const commit = (await (await fetch(`${server.endpoint}/api/models/owner/clip/revision/main`)).json()) as {
      sha: string;
    };
    const second = await fetchSource(`owner/clip@${commit.sha}`, 'model', options);
    expect(second.path).not.toBe(first.path);
    expect(realpathSync(join(second.path, 'model.safetensors'))).toBe(
      realpathSync(join(first.path, 'model.safetensors')),
    );
    expect(server.bytesSent('model.safetensors')).toBe(weights.length);
  });

  it('moves files into the snapshot where links are not allowed', async () => {
    const { server, cache } = await hubWith();
    const { path } = await fetchSource(
      'owner/clip',
      'model',
      optionsFor(server.endpoint, cache, { noLinks: true }),
    );
    expect(lstatSync(join(path, 'model.safetensors')).isFile()).toBe(true);
    expect(blobsOf(cache)).toEqual([]);
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
  });
});

describe('faults', () => {
  /** What a network does to some requests for a file, by its number. */
  function faultsOf(seed: number): readonly Fault[] {
    const next = random(seed);
    const place = () => Math.floor(next() * weights.length);
    return Array.from({ length: 1 + Math.floor(next() * 3) }, (): Fault => {
      const kind = Math.floor(next() * 9);
      if (kind < 4) return { kind: 'cut', after: kind === 0 ? Math.floor(next() * 3) : place() };
      if (kind === 4 && seed % 4 === 0) return { kind: 'stall', after: place() };
      if (kind === 5)
        return {
          kind: 'length',
          by: next() < 0.5 ? -1 - Math.floor(next() * 1000) : 1 + Math.floor(next() * 1000),
        };
      if (kind === 6) return { kind: 'status', status: [500, 502, 503, 504, 408][Math.floor(next() * 5)]! };
      if (kind === 7) return { kind: 'status', status: 429, headers: { 'retry-after': '0' } };
      return kind === 8 ? { kind: 'wrong-byte', at: place() } : { kind: 'cut', after: place() };
    });
  }

  it('of a hundred kinds never leave a wrong file, and what is there is not asked for again', async () => {
    const seeds = Array.from({ length: 100 }, (_, i) => i + 1);
    const folders = seeds.map((seed) => [`s${seed}/sae.safetensors`, weights] as const);
    const { server } = await hubWith({ repos: { 'owner/many': { files: Object.fromEntries(folders) } } });
    const faults = new Map(seeds.map((seed) => [`s${seed}`, faultsOf(seed)]));
    server.fault = ({ path, count }) => {
      const folder = /\/storage\/.*\/(s\d+)\//.exec(path)?.[1] ?? '';
      return faults.get(folder)?.[count] ?? null;
    };
    const waiting = seeds.values();
    const work = async () => {
      for (const seed of waiting) await endsWell(server, `s${seed}`, faults.get(`s${seed}`)!);
    };
    await Promise.all([work(), work(), work(), work()]);
  }, 40_000);

  async function endsWell(server: HubServer, folder: string, faults: readonly Fault[]): Promise<void> {
    const what = `${folder}: ${JSON.stringify(faults)}`;
    const cache = mkdtempSync(join(built, folder));
    const { path } = await fetchSource(
      `owner/many/${folder}`,
      'dictionary',
      optionsFor(server.endpoint, cache),
    );
    expect(readFileSync(join(path, 'sae.safetensors')).equals(weights), what).toBe(true);
    expect(readdirSync(join(cache, 'models--owner--many/blobs')), what).toEqual([sha256(weights)]);
    const asked = server.requests
      .filter((request) => request.path.includes('/storage/') && request.path.includes(`/${folder}/`))
      .map(startOf);
    expect(asked.length, what).toBeGreaterThan(1);
    if (faults.some(({ kind }) => kind === 'wrong-byte')) return;
    // Each goes on where the last one was cut: what lay in the pipe then is all that comes twice.
    expect(asked, what).toEqual(asked.toSorted((a, b) => a - b));
    for (const [i, fault] of faults.entries()) {
      const from = asked[i];
      if (from === undefined || (fault.kind !== 'cut' && fault.kind !== 'stall')) continue;
      const expected = Math.min(weights.length, from + fault.after);
      const next = asked[i + 1] ?? weights.length;
      expect(next, what).toBeLessThanOrEqual(expected);
      expect(next, what).toBeGreaterThanOrEqual(expected - inThePipe);
    }
  }

  /** Bytes: what had arrived when the connection broke, but had not been read. */
  const inThePipe = 128 * 1024;

  const startOf = ({ range }: { range: string | null }) =>
    Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);

  it('that change a byte cost one more download, and an error where it happens again', async () => {
    const { server, options, cache } = await hubWith();
    server.fault = ({ path, count }) =>
      path.includes('/storage/') && count < 1 ? { kind: 'wrong-byte', at: 123_456 } : null;
    const { path } = await fetchSource('owner/clip', 'model', options);
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
    expect(server.bytesSent('model.safetensors')).toBe(2 * weights.length);

    server.fault = ({ path }) => (path.endsWith('.bin') ? { kind: 'wrong-byte', at: 5 } : null);
    const whole = fetchSource('owner/clip/pytorch_model.bin', 'model', options);
    await expectError(
      whole,
      'network',
      'owner/clip/pytorch_model.bin',
      'other content',
      'Nothing of it was kept',
    );
    expect(blobsOf(cache).filter((name) => name.endsWith('.incomplete'))).toEqual([]);
  });

  it('in a small file are seen by its Git hash', async () => {
    const { server, options } = await hubWith();
    server.fault = ({ path }) => (path.endsWith('/config.json') ? { kind: 'wrong-byte', at: 2 } : null);
    await expectError(fetchSource('owner/clip', 'model', options), 'network', 'owner/clip/config.json');
  });

  it('that always send another length end in an error that keeps what is right', async () => {
    const { server, options, cache } = await hubWith();
    server.fault = ({ path, count }) => {
      if (!path.includes('/storage/')) return null;
      return count === 0 ? { kind: 'cut', after: 300_000 } : { kind: 'length', by: -10 };
    };
    await expectError(
      fetchSource('owner/clip', 'model', options),
      'network',
      'bytes of owner/clip/model.safetensors',
    );
    expect(existsSync(join(folderOf(cache), 'refs'))).toBe(false);
  });

  it('of servers that know no ranges only cost time', async () => {
    const { server, options } = await hubWith();
    server.fault = ({ path, count }) => {
      if (!path.includes('/storage/')) return null;
      return count === 0 ? { kind: 'cut', after: 100_000 } : { kind: 'ignores-range' };
    };
    const { path } = await fetchSource('owner/clip', 'model', options);
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
  });

  it('a repository that changes between two requests is asked anew, all of it', async () => {
    const { server, options } = await hubWith();
    const newWeights = noise(450_000, 3);
    server.fault = ({ path, count }) => {
      if (
        !path.includes('/storage/') ||
        count > 0 ||
        newWeights === server.repos['owner/clip']!.files['model.safetensors']
      )
        return null;
      server.repos['owner/clip'] = clipRepo({
        'model.safetensors': newWeights,
        'config.json': text('{"new":1}'),
      });
      return { kind: 'cut', after: 200_000 };
    };
    const { path } = await fetchSource('owner/clip', 'model', options);
    expect(readFileSync(join(path, 'model.safetensors')).equals(newWeights)).toBe(true);
    expect(readFileSync(join(path, 'config.json'), 'utf8')).toBe('{"new":1}');
  });

  it('of the hub itself are told apart', async () => {
    const gated = { ...clipRepo(), gated: true };
    const hidden = { ...clipRepo(), private: true };
    const { server, options, cache } = await hubWith({
      repos: { 'owner/clip': clipRepo(), 'owner/gated': gated, 'owner/hidden': hidden },
      token: 'hf_right',
    });
    const withToken = (token: string) => optionsFor(server.endpoint, cache, { token });
    const refused = (source: string, given: FetchOptions, ...parts: string[]) =>
      expectError(fetchSource(source, 'model', given), 'network', ...parts);

    await refused('owner/gated', options, 'gated', 'Accept the licence at', 'owner/gated', 'HF_TOKEN');
    await refused('owner/gated', withToken('hf_other'), 'gated', 'has not been given access');
    await refused('owner/hidden', options, 'owner/hidden', 'does not exist', 'private', 'HF_TOKEN');
    await refused('owner/nothing', options, 'owner/nothing', 'does not exist', 'spelling');
    await refused('owner/clip@v9', options, 'owner/clip', 'no revision "v9"');
    await expectError(
      fetchSource('owner/clip/no/such', 'model', options),
      'checkpoint',
      'no folder or file "no/such"',
    );
    await expectError(
      fetchSource('owner/clip/config.json/x', 'dictionary', options),
      'dictionary',
      'no folder',
    );
    expect((await fetchSource('owner/gated', 'model', withToken('hf_right'))).hub!.repo).toBe('owner/gated');
    expect((await fetchSource('owner/hidden', 'model', withToken('hf_right'))).hub!.repo).toBe(
      'owner/hidden',
    );
    const toStorage = server.requests.filter(({ path }) => path.includes('/storage/'));
    expect(toStorage.map(({ authorization }) => authorization)).toEqual([null, null]);
  });

  it('of being asked too often are waited for as long as the hub says, or reported', async () => {
    const { server, options } = await hubWith();
    const wait = (seconds: string): Fault => ({
      kind: 'status',
      status: 429,
      headers: { 'retry-after': seconds },
    });
    server.fault = ({ path, count }) => (path.includes('/revision/') && count === 0 ? wait('1') : null);
    const started = performance.now();
    await fetchSource('owner/clip', 'model', options);
    expect(performance.now() - started).toBeGreaterThan(990);
    server.fault = ({ path }) => (path.includes('/api/') ? wait('3600') : null);
    await expectError(
      fetchSource('owner/clip/pytorch_model.bin', 'model', options),
      'network',
      'too many requests',
    );
  });

  it('that never end are not tried for ever', async () => {
    const { server, options } = await hubWith();
    server.fault = ({ path }) => (path.includes('/storage/') ? { kind: 'status', status: 503 } : null);
    await expectError(
      fetchSource('owner/clip', 'model', options),
      'network',
      'owner/clip/model.safetensors',
      '503',
    );
    server.fault = ({ path }) => (path.includes('/storage/') ? { kind: 'redirect-loop' } : null);
    await expectError(fetchSource('owner/clip', 'model', options), 'network', 'round in circles');
    await server.stop();
    await expectError(
      fetchSource('owner/clip', 'model', options),
      'network',
      'cannot be reached',
      'ECONNREFUSED',
    );
  });

  it('of the disk are told, and what was written stays', async () => {
    const { server, options, cache } = await hubWith();
    const handle = await open(cache, 'r');
    const anyHandle: FileHandle = Object.getPrototypeOf(handle);
    await handle.close();
    const write = anyHandle.write;
    let room = 300_000;
    const disk = vi.spyOn(anyHandle, 'write').mockImplementation(function (
      this: FileHandle,
      ...given: unknown[]
    ) {
      room -= (given[0] as Uint8Array).length;
      if (room < 0) return Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
      return Reflect.apply(write, this, given);
    });
    const refused = fetchSource('owner/clip', 'model', options);
    await expectError(refused, 'network', 'is full', 'owner/clip/model.safetensors', 'HF_HUB_CACHE').finally(
      () => disk.mockRestore(),
    );
    server.requests.length = 0;
    const { path } = await fetchSource('owner/clip', 'model', options);
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
    expect(server.bytesSent()).toBeLessThan(weights.length - 200_000);
  });
});

describe('a download that is stopped', () => {
  it('by the person ends at once, and the next one goes on', async () => {
    const { server, options, cache } = await hubWith({ pace: 5 });
    const controller = new AbortController();
    const onProgress = ({ done }: Progress) => done > 150_000 && controller.abort();
    const stopped = fetchSource('owner/clip', 'model', { ...options, signal: controller.signal, onProgress });
    let cancelledAt = 0;
    controller.signal.addEventListener('abort', () => {
      cancelledAt = performance.now();
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - cancelledAt).toBeLessThan(1000);
    const kept = lstatSync(join(folderOf(cache), 'blobs', `${sha256(weights)}.clipsight.incomplete`)).size;
    expect(kept).toBeGreaterThan(140_000);

    server.pace = 0;
    server.requests.length = 0;
    const { path } = await fetchSource('owner/clip', 'model', options);
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
    expect(server.bytesSent('model.safetensors')).toBe(weights.length - kept);
  });

  it('while it waits for the hub ends at once, too', async () => {
    const { server, options } = await hubWith();
    server.fault = () => ({ kind: 'status', status: 429, headers: { 'retry-after': '2' } });
    const signal = AbortSignal.timeout(100);
    const started = performance.now();
    await expect(fetchSource('owner/clip', 'model', { ...options, signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('by the end of its process loses nothing', async () => {
    const { server, options, cache } = await hubWith({ pace: 5 });
    const child = download(server.endpoint, cache);
    while (server.bytesSent('model.safetensors') < 200_000) await sleep(10);
    child.kill('SIGKILL');
    await ended(child);
    server.pace = 0;
    server.requests.length = 0;
    const { path } = await fetchSource('owner/clip', 'model', options);
    expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
    expect(server.bytesSent('model.safetensors')).toBeLessThan(weights.length - 100_000);
    expect(blobsOf(cache).filter((name) => name.endsWith('.incomplete'))).toEqual([]);
  });
});

it('two processes that download the same at once do not disturb each other', async () => {
  const { server, options, cache } = await hubWith({ pace: 2 });
  const children = [download(server.endpoint, cache), download(server.endpoint, cache)];
  expect(await Promise.all(children.map(ended))).toEqual([0, 0]);
  const { path } = await fetchSource('owner/clip', 'model', options);
  expect(readFileSync(join(path, 'model.safetensors')).equals(weights)).toBe(true);
  expect(blobsOf(cache)).toHaveLength(4);
});

function download(endpoint: string, cache: string): ChildProcess {
  const child = fork(join(built, 'downloader.js'), ['owner/clip'], {
    env: { ...process.env, HF_ENDPOINT: endpoint, HF_HUB_CACHE: cache },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

it('goes through a proxy, except to where it should not', async () => {
  const { server, cache } = await hubWith();
  const reached: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    reached.push(request.url ?? '');
    const [host = '', port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const through = (except: string, folder: string) =>
    optionsFor(server.endpoint, folder, { proxy: { http: address, https: '', except } });
  await fetchSource('owner/clip', 'model', through('example.org', cache));
  expect(reached).toContain(new URL(server.endpoint).host);
  reached.length = 0;
  await fetchSource('owner/clip', 'model', through('127.0.0.1,localhost', temporaryFolder()));
  expect(reached).toEqual([]);
});

describe('what is not on this machine', () => {
  const tensors = safetensorsBytes({
    logit_scale: { dtype: 'F32', shape: [] },
    'visual.proj': { dtype: 'F16', shape: [300, 400] },
  });

  it('is known by its small files and parts of its weights', async () => {
    const { server, options, cache } = await hubWith({
      repos: { 'owner/clip': clipRepo({ 'model.safetensors': tensors }) },
    });
    const seen = await withSource(
      'owner/clip',
      'model',
      options,
      () => Promise.reject(new Error('not here')),
      async (remote) => ({
        weights: remote.choice.weights,
        config: readFileSync(await remote.smallFile('config.json'), 'utf8'),
        middle: await remote.readRange('model.safetensors', 100, 50),
        size: remote.list().find(({ path }) => path === 'model.safetensors')?.size,
      }),
    );
    expect(seen.weights).toEqual(['model.safetensors']);
    expect(seen.config).toBe('{"model_type":"clip"}');
    expect(seen.middle.equals(tensors.subarray(100, 150))).toBe(true);
    expect(seen.size).toBe(tensors.length);
    expect(blobsOf(cache)).toEqual([gitSha1(text('{"model_type":"clip"}'))]);

    await fetchSource('owner/clip', 'model', options);
    const requests = server.requests.length;
    const path = await withSource(
      'owner/clip',
      'model',
      options,
      async (here) => here.path,
      () => Promise.reject(new Error('here')),
    );
    expect(readFileSync(join(path, 'model.safetensors')).equals(tensors)).toBe(true);
    expect(server.requests).toHaveLength(requests);
  });
});

describe('the outline of what is not on this machine', () => {
  const golden = join(__dirname, '../golden');
  const notHere = () => Promise.reject(new Error('not here'));
  /** The same archive, with megabytes between any two of its entries. */
  const spreadOut = async (file: string) => {
    const entries = await withFile(file, 'dictionary', async (handle) => {
      const source = { handle, path: file, owner: 'dictionary' } as const;
      const listed = [...(await readZip(source)).values()];
      return Promise.all(
        listed.map(async (entry) => ({ name: entry.name, data: await readEntry(source, entry, 1e6) })),
      );
    });
    const gaps = noise(1_000_000, 9);
    return zipBytes(entries.flatMap((entry, i) => [{ name: `gap/${i}`, data: gaps }, entry]));
  };
  const contentOf = (folder: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));

  it('of a model gives the card that the model gives', async () => {
    const folder = join(golden, 'models/tiny-quick-fp16');
    const files = contentOf(folder, readdirSync(folder));
    const pickled = readFileSync(join(golden, 'torch/weights/tiny-gelu-fp32.bin'));
    const other = contentOf(join(golden, 'models/tiny-gelu-fp32'), [
      'config.json',
      'preprocessor_config.json',
      'tokenizer.json',
    ]);
    const { server, options } = await hubWith({
      repos: {
        'owner/clip': { files },
        'owner/pickled': { files: { ...other, 'pytorch_model.bin': pickled } },
      },
    });
    // What a file is called and where it lies differs, of course.
    const cardOf = async (path: string) => {
      const { tokenizerFile, ...checkpoint } = await readClip(path);
      const card = modelCard({ ...checkpoint, id: '', source: '', files: [], tokenizerFile: null });
      return { card, hasTokenizer: tokenizerFile !== null };
    };
    for (const id of ['owner/clip', 'owner/pickled']) {
      const outlined = await withSource(id, 'model', options, notHere, (remote) =>
        withOutline(remote, 'checkpoint', cardOf),
      );
      const { path } = await fetchSource(id, 'model', options);
      expect(outlined, id).toEqual(await cardOf(path));
    }
    expect(server.requests.length).toBeGreaterThan(0);
  });

  describe('of a dictionary gives the card that the dictionary gives, though values are missing', () => {
    const expectSameCard = async (files: Record<string, Uint8Array>) => {
      const { options, server } = await hubWith({ repos: { 'owner/sae': { files } } });
      const cardOf = async (outline: boolean, path: string) => ({
        ...dictionaryCard(await readDictionary(path, { outline })),
        ...{ id: '', source: '', files: [] },
      });
      const outlined = await withSource('owner/sae', 'dictionary', options, notHere, (remote) =>
        withOutline(remote, 'dictionary', (path) => cardOf(true, path)),
      );
      const total = Object.values(files).reduce((sum, { length }) => sum + length, 0);
      expect(server.bytesSent()).toBeLessThan(total);
      const { path } = await fetchSource('owner/sae', 'dictionary', options);
      expect(outlined).toEqual(await cardOf(false, path));
    };

    it('where weights are normed (attributing-clip)', async () => {
      const name = 'clip_vit_tiny_imagenet_topk-cls-12-48_layer--2_lr_0.0002';
      const folder = join(golden, 'formats/attributing-clip', name);
      const archive = await spreadOut(join(folder, 'last.ckpt'));
      await expectSameCard({ ...contentOf(folder, [`${name}.yaml`]), 'last.ckpt': archive });
    });

    it('where latents are scaled by their decoder rows (SAELens)', async () => {
      const [width, size] = [64, 512];
      const config = { architecture: 'topk', k: 4, rescale_acts_by_decoder_norm: true };
      const data = new Uint8Array(new Float32Array(width * size).fill(1).buffer);
      const weights = safetensorsBytes({
        W_enc: { dtype: 'F32', shape: [width, size], data },
        W_dec: { dtype: 'F32', shape: [size, width], data },
        b_enc: { dtype: 'F32', shape: [size] },
        b_dec: { dtype: 'F32', shape: [width] },
        scaling_factor: { dtype: 'F32', shape: [size], data: data.slice(0, 4 * size) },
      });
      await expectSameCard({ 'cfg.json': text(JSON.stringify(config)), 'sae_weights.safetensors': weights });
    });
  });

  it.each(['tensors.pt', 'lightning.ckpt', 'header.pt', 'script.pt'])(
    'of %s has its tensors',
    async (name) => {
      const files = contentOf(join(golden, 'torch/files'), [name]);
      const { server, options } = await hubWith({ repos: { 'owner/sae': { files } } });
      const tensorsOf = async (path: string) => {
        const torch = await readTorch(path, 'dictionary');
        const { tensors, unsupported } = torchTensors(torch);
        const shapes = [...tensors].map(([key, { type, shape }]) => [key, type, shape]);
        const small = [...tensors.values()].filter(({ type, length }) => type === 'float32' && length <= 256);
        const values = await Promise.all(small.map((tensor) => readFloats(tensor, 'dictionary')));
        return { header: torch.header, shapes, values, unsupported: [...unsupported] };
      };
      const outlined = await withSource('owner/sae', 'dictionary', options, notHere, (remote) =>
        withOutline(remote, 'dictionary', tensorsOf),
      );
      expect(outlined.shapes.length).toBeGreaterThan(0);
      const { path } = await fetchSource('owner/sae', 'dictionary', options);
      expect(outlined).toEqual(await tensorsOf(path));
      expect(server.requests.length).toBeGreaterThan(0);
    },
  );

  it('of large weights asks for little of them', async () => {
    const archive = await spreadOut(join(golden, 'torch/files/tensors.pt'));
    const { server, options } = await hubWith({ repos: { 'owner/sae': { files: { 'ae.pt': archive } } } });
    const read = async (path: string) => {
      const { tensors } = torchTensors(await readTorch(join(path, 'ae.pt'), 'dictionary'));
      const small = [...tensors].filter(([, { type, length }]) => type === 'float32' && length <= 256);
      return Promise.all(small.map(async ([name, tensor]) => [name, await readFloats(tensor, 'dictionary')]));
    };
    const outlined = await withSource('owner/sae', 'dictionary', options, notHere, (remote) =>
      withOutline(remote, 'dictionary', read),
    );
    expect(server.bytesSent('ae.pt')).toBeLessThan(800_000);
    expect(outlined.length).toBeGreaterThan(0);
    expect(outlined).toEqual(await read((await fetchSource('owner/sae', 'dictionary', options)).path));
    for (const name of ['legacy.pt', 'plain.pkl.gz']) {
      server.repos['owner/sae'] = { files: contentOf(join(golden, 'torch/files'), [name]) };
      const refused = withSource(
        'owner/sae',
        'dictionary',
        { ...options, environment: { ...options.environment!, cache: temporaryFolder() } },
        notHere,
        (remote) => withOutline(remote, 'dictionary', async (path) => path),
      );
      await expectError(refused, 'dictionary', `owner/sae/${name}`, 'read whole');
    }
  });
});

it('has the tokenizer of CLIP for those who have none', async () => {
  const { server, options } = await hubWith({
    repos: { 'openai/clip-vit-base-patch32': clipRepo({ 'tokenizer_config.json': text('{"a":1}') }) },
  });
  const file = await tokenizerFallback(options);
  expect(readFileSync(file, 'utf8')).toBe('{"tokens":[]}');
  expect(server.bytesSent()).toBe(13 + 7);
  await server.stop();
  expect(await tokenizerFallback(options)).toBe(file);
});
