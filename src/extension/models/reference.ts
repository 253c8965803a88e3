/** How a person names a model or a dictionary, in a setting or in a list. */
export type Reference =
  /** Comes with the extension. */
  | { readonly kind: 'bundled'; readonly name: string }
  /** A file or folder; as it was written, perhaps from `~`. */
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'hub'; readonly id: HubId }
  /** The model's own units as a dictionary. */
  | { readonly kind: 'own'; readonly unit: OwnUnit; readonly layer: number };

export type OwnUnit = 'neurons' | 'heads';

/** `owner/name`, at a branch, tag or commit, and what of it: `owner/name[@revision][/path]`. */
export interface HubId {
  readonly repository: string;
  /** Null for the default branch. */
  readonly revision: string | null;
  /** Folder or file within the repository; null for the whole of it. */
  readonly path: string | null;
}

export type SourceKind = 'model' | 'dictionary';

const name = String.raw`\w(?:[\w.-]*\w)?`;
const hubPattern = new RegExp(
  String.raw`^(${name}/${name})(?:@(refs/(?:pr/\d+|convert/[\w.-]+)|[\w.+%-]+))?(?:/(.+?))?/?$`,
);

/** Null for what is no id of the hub. */
export function parseHubId(text: string): HubId | null {
  const [, repository, revision = null, path = null] = hubPattern.exec(text.trim()) ?? [];
  if (repository === undefined || /--|\.\./.test(repository)) return null;
  const parts = path?.split('/') ?? [];
  const escapes = parts.some((part) => part === '' || part === '.' || part === '..');
  return escapes || path?.includes('\\') ? null : { repository, revision, path };
}

/**
 * An address as copied from a browser (`https://huggingface.co/owner/name/tree/main/path`), as an id of the hub; any
 * other text as it is.
 */
export function withoutHubAddress(text: string): string {
  const [, rest] = /^(?:https?:\/\/(?:huggingface\.co|hf\.co)|hf:\/)\/([^?#]*)/.exec(text.trim()) ?? [];
  if (rest === undefined) return text.trim();
  return rest
    .replace(/^models\//, '')
    .replace(/^([^/@]+\/[^/@]+)\/(?:tree|blob|resolve)\/([^/]+)/, '$1@$2')
    .replace(/@main(?=\/|$)/, '')
    .replace(/\/$/, '');
}

/**
 * What a text names. Relative paths were never allowed, so `owner/name` is an id of the hub; what is none of the
 * known forms is taken for a path, and said to be no absolute one when it is resolved.
 */
export function parseReference(text: string): Reference {
  const value = text.trim();
  if (value.startsWith('bundled:')) return { kind: 'bundled', name: value.slice('bundled:'.length) };
  const [, unit, layer] = /^(neurons|heads):(-?\d+)$/.exec(value) ?? [];
  if (unit !== undefined) return { kind: 'own', unit: unit as OwnUnit, layer: Number(layer) };
  const id = parseHubId(value);
  return id === null ? { kind: 'path', path: value } : { kind: 'hub', id };
}

/** A block of a model, counted from 0; negative `layer` counts from the end. Null where there is no such block. */
export function blockOf(layer: number, blocks: number): number | null {
  const block = layer < 0 ? blocks + layer : layer;
  return block >= 0 && block < blocks ? block : null;
}
