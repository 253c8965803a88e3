import type { Preview } from '../../shared/engineProtocol';
import type { CallOptions } from '../../shared/rpc/protocol';

/** Edge lengths to ask for. Few, and the same in every view: each is made and kept on disk once per picture. */
export const thumbnailSizes = { small: 128, large: 512 } as const;

export interface ThumbnailRequest {
  /** Of the file, lower-case hex. */
  readonly sha256: string;
  /** Longest edge, in pixels. */
  readonly size: number;
}

export type Thumbnail =
  | { readonly kind: 'loading' }
  | { readonly kind: 'picture'; readonly url: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

interface Entry {
  readonly request: ThumbnailRequest;
  thumbnail: Thumbnail;
  asked: boolean;
  readonly watchers: Set<() => void>;
}

/** The `thumbnail` call of a view's host. */
export type ThumbnailFetch = (request: ThumbnailRequest, options: CallOptions) => Promise<Preview>;

const loading: Thumbnail = { kind: 'loading' };

/**
 * Pictures of the library as blob URLs. Only what is watched is asked for, a few at a time, first come first
 * served: what scrolled out of view before its turn is not asked for at all. Pictures that nobody watches are
 * kept up to a number; failures are not, so that the next look tries again.
 */
export class Thumbnails {
  /** Those seen last are last. */
  private readonly entries = new Map<string, Entry>();
  private readonly running = new Set<AbortController>();

  constructor(
    private readonly fetch: ThumbnailFetch,
    private readonly atOnce = 4,
    private readonly kept = 500,
  ) {}

  get(request: ThumbnailRequest): Thumbnail {
    return this.entries.get(keyOf(request))?.thumbnail ?? loading;
  }

  /** Until the answer is called the picture is wanted: it is loaded, kept, and `onChange` told when it is there. */
  watch(request: ThumbnailRequest, onChange: () => void): () => void {
    const key = keyOf(request);
    const entry = this.entries.get(key) ?? {
      request,
      thumbnail: loading,
      asked: false,
      watchers: new Set<() => void>(),
    };
    // A watcher of its own even if the same function watches twice.
    const watcher = () => onChange();
    entry.watchers.add(watcher);
    this.entries.delete(key);
    this.entries.set(key, entry);
    this.next();
    return () => {
      if (!entry.watchers.delete(watcher) || entry.watchers.size > 0) return;
      const useless = !entry.asked || entry.thumbnail.kind === 'unavailable';
      if (useless && this.entries.get(key) === entry) this.forget(key, entry);
      this.trim();
    };
  }

  /** Asks again for what could not be shown. */
  retry(): void {
    for (const entry of this.entries.values()) {
      if (entry.thumbnail.kind !== 'unavailable') continue;
      entry.asked = false;
      settle(entry, loading);
    }
    this.next();
  }

  /** Releases every picture and cancels what is under way; what is watched loads anew only if watched again. */
  clear(): void {
    for (const controller of this.running) controller.abort();
    for (const [key, entry] of [...this.entries]) this.forget(key, entry);
  }

  private forget(key: string, { thumbnail }: Entry): void {
    if (thumbnail.kind === 'picture') URL.revokeObjectURL(thumbnail.url);
    this.entries.delete(key);
  }

  private trim(): void {
    let surplus = this.entries.size - this.kept;
    for (const [key, entry] of [...this.entries]) {
      if (surplus <= 0) return;
      if (entry.watchers.size > 0 || entry.thumbnail.kind !== 'picture') continue;
      this.forget(key, entry);
      surplus -= 1;
    }
  }

  private next(): void {
    for (const [key, entry] of this.entries) {
      if (this.running.size >= this.atOnce) return;
      if (!entry.asked) void this.load(key, entry);
    }
  }

  private async load(key: string, entry: Entry): Promise<void> {
    const controller = new AbortController();
    this.running.add(controller);
    entry.asked = true;
    const thumbnail = await this.fetch(entry.request, { signal: controller.signal }).then(
      ({ bytes, mime }): Thumbnail => ({
        kind: 'picture',
        url: URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: mime })),
      }),
      (reason: unknown): Thumbnail => ({
        kind: 'unavailable',
        reason: reason instanceof Error ? reason.message : String(reason),
      }),
    );
    this.running.delete(controller);
    if (this.entries.get(key) !== entry) {
      if (thumbnail.kind === 'picture') URL.revokeObjectURL(thumbnail.url);
    } else {
      settle(entry, thumbnail);
      if (entry.watchers.size === 0 && thumbnail.kind === 'unavailable') this.forget(key, entry);
      this.trim();
    }
    this.next();
  }
}

function settle(entry: Entry, thumbnail: Thumbnail): void {
  entry.thumbnail = thumbnail;
  for (const watcher of [...entry.watchers]) watcher();
}

function keyOf({ sha256, size }: ThumbnailRequest): string {
  return `${sha256}/${size}`;
}
