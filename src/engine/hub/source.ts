import { access } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { FileOwner } from '../checkpoint/files';

/** What is wanted from the hub. */
export type HubKind = 'model' | 'dictionary';

/** The code of errors about what a repository holds. */
export const ownerOf: { readonly [K in HubKind]: FileOwner } = {
  model: 'checkpoint',
  dictionary: 'dictionary',
};

/** A repository of models on the hub, or a folder or file within. */
export interface HubSource {
  readonly place: 'hub';
  /** `owner/name` */
  readonly repo: string;
  /** A branch, a tag, a commit, or `refs/pr/<n>`. */
  readonly revision: string;
  /** With slashes, from the repository's root; '' for all of it. */
  readonly within: string;
}

export interface LocalSource {
  readonly place: 'here';
  /** Absolute. */
  readonly path: string;
}

export type ParsedSource = HubSource | LocalSource;

/**
 * Tells a path on this machine from an id of the hub. What exists here wins: a relative path is tried in `cwd`. What
 * does not exist, but is written as a path (absolute, from `.`, `..` or `~`, with a drive or a backslash) is a path
 * all the same. The rest is of the hub:
 *
 * - `owner/name`, with `@revision` behind the name if it is not `main`, and with `/path/within` behind that;
 * - the same after `hf://` or `https://huggingface.co/`, and there also as copied from a browser:
 *   `owner/name/tree/<revision>/path`, and with `blob` or `resolve` for `tree`.
 *
 * A revision has no slash in it but for `refs/pr/<n>` and `refs/convert/<name>`; others write it as %2F.
 *
 * @throws ClipsightError with the code of `kind`, saying how it is to be written.
 */
export async function parseSource(
  text: string,
  kind: HubKind,
  cwd: string = process.cwd(),
): Promise<ParsedSource> {
  const address = /^(?:hf:\/\/(?:models\/)?|https?:\/\/(?:huggingface\.co|hf\.co)\/)(.*)$/.exec(text)?.[1];
  if (address !== undefined) return parseId(address.replace(/[?#].*$/, ''), text, kind, true);
  const path = resolve(cwd, text);
  if (isAbsolute(text) || /^(\.{1,2}|~)([/\\]|$)|^[A-Za-z]:|\\/.test(text) || (await exists(path))) {
    return { place: 'here', path };
  }
  return parseId(text, text, kind, false);
}

const name = /^[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?$/;
const revisions = /^(refs\/(?:pr\/\d+|convert\/[\w.-]+)|[^/]+)(?:\/(.*))?$/s;

function parseId(id: string, text: string, kind: HubKind, isAddress: boolean): HubSource {
  const refuse = (what: string) => notAnId(text, kind, what);
  const [, owner = '', repoName = '', atRevision, rest = ''] = /^([^/@]*)\/([^/@]*)(@)?(.*)$/s.exec(id) ?? [];
  if (!isName(owner) || !isName(repoName))
    throw refuse('is neither a path that exists here nor an id of the hub');
  let [revision, within]: [string, string] = ['main', rest];
  const fromBrowser = isAddress && !atRevision && /^\/(?:tree|blob|resolve)\/(.*)$/s.exec(rest)?.[1];
  if (atRevision || typeof fromBrowser === 'string') {
    const parts = revisions.exec(typeof fromBrowser === 'string' ? fromBrowser : rest);
    if (parts === null) throw refuse('names no revision after the @');
    [revision, within] = [decoded(parts[1]!, refuse), parts[2] ?? ''];
  }
  if (!/^[^\s~^:?*[\\@]+$/.test(revision) || segments(revision).some(isStep)) {
    throw refuse(`has a revision "${revision}", which cannot exist`);
  }
  const path = segments(typeof fromBrowser === 'string' ? decoded(within, refuse) : within);
  if (path.some((part) => isStep(part) || /[\\\0]/.test(part))) {
    throw refuse('leads out of its repository');
  }
  return { place: 'hub', repo: `${owner}/${repoName}`, revision, within: path.join('/') };
}

function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function isStep(part: string): boolean {
  return part === '.' || part === '..';
}

/** As the hub allows them. */
function isName(part: string): boolean {
  return name.test(part) && !/--|\.\.|\.git$/.test(part);
}

function decoded(part: string, refuse: (what: string) => ClipsightError): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw refuse('has a % that stands for nothing');
  }
}

function notAnId(text: string, kind: HubKind, what: string): ClipsightError {
  return new ClipsightError(
    ownerOf[kind],
    `“${text}” ${what}.`,
    'Give the path of a folder or file, or an id of the hub: owner/name, owner/name@revision, owner/name/path/within.',
  );
}

/** As errors and cards name it. */
export function sourceText({ repo, revision, within }: HubSource): string {
  return `${repo}${revision === 'main' ? '' : `@${revision}`}${within === '' ? '' : `/${within}`}`;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
