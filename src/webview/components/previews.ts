import type { Preview } from '../../shared/engineProtocol';

export type Picture =
  | { readonly kind: 'loading' }
  | {
      readonly kind: 'picture';
      readonly url: string;
      /** What is under the URL. */
      readonly blob: Blob;
      /** Of the original, in pixels. */
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Pictures of the panel's images as blob URLs: asked for once each, and released when no image needs them. */
export class Previews {
  private readonly pictures = new Map<string, Picture>();

  constructor(
    private readonly fetch: (image: number) => Promise<Preview>,
    private readonly onChange: () => void,
  ) {}

  /** The picture of image number `image`, known as `key`; asking starts the loading. */
  get(key: string, image: number): Picture {
    const known = this.pictures.get(key);
    if (known !== undefined) return known;
    const loading: Picture = { kind: 'loading' };
    this.pictures.set(key, loading);
    void this.load(key, image, loading);
    return loading;
  }

  /** The picture if it was asked for before. */
  peek(key: string): Picture | undefined {
    return this.pictures.get(key);
  }

  /** Forgets all pictures but those of `keys`. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of [...this.pictures.keys()]) {
      if (!keys.has(key)) this.forget(key);
    }
  }

  /** Forgets what could not be shown, so that it is tried again. */
  retry(): void {
    for (const [key, { kind }] of [...this.pictures]) {
      if (kind === 'unavailable') this.forget(key);
    }
  }

  private forget(key: string): void {
    const picture = this.pictures.get(key);
    if (picture?.kind === 'picture') URL.revokeObjectURL(picture.url);
    this.pictures.delete(key);
  }

  private async load(key: string, image: number, loading: Picture): Promise<void> {
    const picture = await this.fetch(image).then(
      ({ bytes, mime, width, height }): Picture => {
        const blob = new Blob([new Uint8Array(bytes)], { type: mime });
        return { kind: 'picture', url: URL.createObjectURL(blob), blob, width, height };
      },
      (reason: unknown): Picture => ({
        kind: 'unavailable',
        reason: reason instanceof Error ? reason.message : String(reason),
      }),
    );
    if (this.pictures.get(key) === loading) {
      this.pictures.set(key, picture);
      this.onChange();
    } else if (picture.kind === 'picture') {
      URL.revokeObjectURL(picture.url);
    }
  }
}
