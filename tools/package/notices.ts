import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn } from './filesIn';
import { licenceOf } from './licences';
import { nativeNotice } from './natives';

/** A package of which something is shipped. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json says. */
  readonly licence: string;
  /** Whether its code lies in our bundles, or it ships as a folder of its own. */
  readonly how: 'bundled' | 'folder';
  readonly texts: readonly string[];
}

export interface NoticeSources {
  readonly root: string;
  /** Folders of the packages whose code is in the bundles. */
  readonly bundled: readonly string[];
  /** The staged node_modules. */
  readonly modules: string;
}

const licenceFile = /^(licen[cs]e|copying|notices?|copyrightnotice)([.-].*)?$/i;

/**
 * THIRD_PARTY_NOTICES.md: who made what ships, under which terms.
 * @throws Error of a package without terms, or of a native library that nothing is known of
 */
export function thirdPartyNotices({ root, bundled, modules }: NoticeSources): string {
  const folders = packageFolders(modules);
  const packages = [
    ...bundled.map((folder) => readPackage(root, folder, 'bundled')),
    ...folders.map((folder) => readPackage(root, folder, 'folder')),
  ].toSorted((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
  const natives = filesIn(modules).filter((path) => /\.(node|so|dll|dylib)(\.[\d.]+)?$/.test(path));
  const media = (name: string) => readFileSync(join(root, 'media', name), 'utf8').trim();
  return `${[
    '# Third-party notices',
    'Clipsight is under the MIT licence (LICENSE). It ships, unchanged except where it is said, work of others under their own terms.',
    '## What ships',
    '| package | version | licence | as |\n|---|---|---|---|',
    ...packages.map(
      ({ name, version, licence, how }) =>
        `| ${name} | ${version} | ${licence} | ${how === 'bundled' ? 'part of the bundles in dist/' : `node_modules/${name}`} |`,
    ),
    '## Native libraries',
    ...unique(natives.map((path) => nativeNotice(path, (file) => readFileSync(join(modules, file), 'utf8')))),
    ...natives.map((path) => `- \`node_modules/${path}\``),
    '## Words, letters and pictures',
    media('NOTICE-wordnet.txt'),
    media('NOTICE-dejavu.txt'),
    `The pictures in examples/demo, which the bundled models were trained on the like of, are composed of the glyphs of Noto Color Emoji. ${readFileSync(
      join(root, 'tools/world/glyphs/NOTICE.md'),
      'utf8',
    )
      .replace(
        /^The pictures in this folder are[^.]*\.\d+ \(([^)]*)\)[^.]*\./,
        'Noto Color Emoji 2.042 ($1).',
      )
      .trim()}`,
    '## Licences',
    ...byText(packages).map(
      ([text, owners]) =>
        `### ${owners.map(({ name, version }) => `${name} ${version}`).join(', ')}\n\n\`\`\`text\n${text}\n\`\`\``,
    ),
  ]
    .join('\n\n')
    .replace(/\|\n\n(?=\|)/g, '|\n')
    .replace(/`\n\n(?=- `)/g, '`\n')}\n`;
}

/** The folders of the packages below a node_modules, nested ones with them. */
export function packageFolders(modules: string): readonly string[] {
  return filesIn(modules)
    .filter((path) => /(^|\/node_modules\/)(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
    .filter((path) => !/^@[^/]+\/package\.json$/.test(path))
    .map((path) => join(modules, path.slice(0, -'/package.json'.length)));
}

function readPackage(root: string, folder: string, how: ShippedPackage['how']): ShippedPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = readdirSync(folder)
    .filter((file) => licenceFile.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').trim());
  return {
    name,
    version,
    licence: license,
    how,
    texts: [...own, ...licenceOf(root, name, license, own.length > 0)],
  };
}

/** Every text once, with the packages that it is of. */
function byText(
  packages: readonly ShippedPackage[],
): readonly (readonly [string, readonly ShippedPackage[]])[] {
  const owners = new Map<string, ShippedPackage[]>();
  for (const one of packages) {
    for (const text of one.texts) owners.set(text, [...(owners.get(text) ?? []), one]);
  }
  return [...owners];
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
