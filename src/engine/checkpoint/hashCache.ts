import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import { FileIdentity, identify, sameFile } from './fileIdentity';
import { type FileOwner, withFile } from './files';
import { keepFile } from './replaceFile';

const chunkSize = 4 * 1024 * 1024;

const Remembered = z.strictObject({ identity: FileIdentity, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
type Remembered = z.infer<typeof Remembered>;

const CacheFile = z.strictObject({ version: z.literal(1), files: z.array(Remembered) });
type CacheFile = z.infer<typeof CacheFile>;

/**
 * SHA-256 of files, remembered by their identity so that starting does not read gigabytes. The memory is
 * `hashes.json` in `folder`, or lasts as long as the object where `folder` is null.
 *
 * The file is only ever replaced whole. Processes that write at once may lose each other's newest entry,
 * which is then computed again; none of them ever sees half a file.
 */
export class HashCache {
  readonly #folder: string | null;
  /** By path: a file that changed replaces its old entry. */
  #remembered: ReadonlyMap<string, Remembered> = new Map();

  constructor(folder: string | null) {
    this.#folder = folder;
  }

  /**
   * Lower-case hex. Progress counts bytes and is reported only where the file has to be read.
   *
   * @throws ClipsightError `cancelled` by the signal, or with code `owner` when the file cannot be read.
   */
  async sha256(path: string, owner: FileOwner = 'checkpoint', options: CallOptions = {}): Promise<string> {
    const identity = await identify(path, owner);
    const known = this.#find(identity);
    if (known !== undefined) {
      return known;
    }
    await this.#load();
    const stored = this.#find(identity);
    if (stored !== undefined) {
      return stored;
    }
    const sha256 = await hashFile(identity, owner, options);
    if (!sameFile(identity, await identify(path, owner))) {
      throw new ClipsightError(owner, `${path} changed while it was read.`, 'Try again when it is complete.');
    }
    await this.#remember({ identity, sha256 });
    return sha256;
  }

  #find(identity: FileIdentity): string | undefined {
    const found = this.#remembered.get(identity.path);
    return found !== undefined && sameFile(found.identity, identity) ? found.sha256 : undefined;
  }

  /** Adds what the file on disk holds, where it is readable; what this process knows itself goes first. */
  async #load(): Promise<void> {
    if (this.#folder === null) {
      return;
    }
    const stored = await readCache(join(this.#folder, 'hashes.json'));
    this.#remembered = new Map([
      ...stored.map((entry) => [entry.identity.path, entry] as const),
      ...this.#remembered,
    ]);
  }

  async #remember(entry: Remembered): Promise<void> {
    this.#remembered = new Map([...this.#remembered, [entry.identity.path, entry]]);
    if (this.#folder === null) {
      return;
    }
    await this.#load();
    const content: CacheFile = { version: 1, files: [...this.#remembered.values()] };
    await keepFile(join(this.#folder, 'hashes.json'), JSON.stringify(content));
  }
}

/** Nothing where there is no cache or not one of ours: then it is written anew. */
async function readCache(file: string): Promise<readonly Remembered[]> {
  try {
    return CacheFile.parse(JSON.parse(await readFile(file, 'utf8'))).files;
  } catch {
    return [];
  }
}

async function hashFile(
  { path, size }: FileIdentity,
  owner: FileOwner,
  { signal, onProgress }: CallOptions,
): Promise<string> {
  return withFile(path, owner, async (handle) => {
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(chunkSize, size)));
    for (let done = 0; ; ) {
      if (signal?.aborted) {
        throw new ClipsightError('cancelled', `Reading ${path} was cancelled.`);
      }
      onProgress?.({ stage: `Hashing ${basename(path)}`, done: Math.min(done, size), total: size });
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, done);
      if (bytesRead === 0) {
        return hash.digest('hex');
      }
      hash.update(chunk.subarray(0, bytesRead));
      done += bytesRead;
    }
  });
}
