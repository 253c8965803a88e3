import type { Target } from './targets';
import type { ZipEntry } from './zip';

/** What package.json says of the extension that is repeated in the package's manifest. */
export interface ExtensionManifest {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly version: string;
  readonly publisher: string;
  readonly icon: string;
  readonly keywords: readonly string[];
  readonly categories: readonly string[];
  readonly extensionKind: readonly string[];
  readonly engines: { readonly vscode: string };
}

/** The two files that a .vsix has beside the folder `extension`, by name. */
export function vsixFrame(
  manifest: ExtensionManifest,
  target: Target,
  files: readonly string[],
): ReadonlyMap<string, string> {
  return new Map([
    ['extension.vsixmanifest', vsixManifest(manifest, target)],
    ['[Content_Types].xml', contentTypes(files)],
  ]);
}

/** https://code.visualstudio.com/api/working-with-extensions/publishing-extension: what the editor and galleries read first. */
function vsixManifest(manifest: ExtensionManifest, target: Target): string {
  const { name, displayName, description, version, publisher, icon, keywords, categories } = manifest;
  const properties: Readonly<Record<string, string>> = {
    'Code.Engine': manifest.engines.vscode,
    'Code.ExtensionDependencies': '',
    'Code.ExtensionPack': '',
    'Code.ExtensionKind': manifest.extensionKind.join(','),
    'Code.LocalizedLanguages': '',
    'Code.EnabledApiProposals': '',
    'Code.ExecutesCode': 'true',
    'Services.GitHubFlavoredMarkdown': 'true',
    'Services.Content.Pricing': 'Free',
  };
  const assets: Readonly<Record<string, string>> = {
    'Code.Manifest': 'package.json',
    'Services.Content.Details': 'README.md',
    'Services.Content.Changelog': 'CHANGELOG.md',
    'Services.Content.License': 'LICENSE',
    'Services.Icons.Default': icon,
  };
  const id = (suffix: string) => `Microsoft.VisualStudio.${suffix}`;
  const scheme = 'http://schemas.microsoft.com/developer/vsx-schema';
  const identity = {
    Language: 'en-US',
    Id: name,
    Version: version,
    Publisher: publisher,
    TargetPlatform: target,
  };
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<PackageManifest Version="2.0.0" xmlns="${scheme}/2011" xmlns:d="${scheme}-design/2011">`,
    '<Metadata>',
    `<Identity ${attributes(identity)}/>`,
    `<DisplayName>${escapeXml(displayName)}</DisplayName>`,
    `<Description xml:space="preserve">${escapeXml(description)}</Description>`,
    `<Tags>${escapeXml(keywords.join(','))}</Tags>`,
    `<Categories>${escapeXml(categories.join(','))}</Categories>`,
    '<GalleryFlags>Public</GalleryFlags>',
    '<Properties>',
    ...Object.entries(properties).map(
      ([key, value]) => `<Property ${attributes({ Id: id(key), Value: value })}/>`,
    ),
    '</Properties>',
    '<License>extension/LICENSE</License>',
    `<Icon>extension/${escapeXml(icon)}</Icon>`,
    '</Metadata>',
    `<Installation><InstallationTarget ${attributes({ Id: id('Code') })}/></Installation>`,
    '<Dependencies/>',
    '<Assets>',
    ...Object.entries(assets).map(
      ([type, path]) =>
        `<Asset ${attributes({ Type: id(type), Path: `extension/${path}`, Addressable: 'true' })}/>`,
    ),
    '</Assets>',
    '</PackageManifest>',
    '',
  ].join('\n');
}

/** The Open Packaging Conventions ask for a type of every file, by extension, or by name where it has none. */
function contentTypes(files: readonly string[]): string {
  const extensions = new Set(['.vsixmanifest']);
  const names: string[] = [];
  for (const file of files) {
    const extension = /[^/](\.[^./]+)$/.exec(file)?.[1];
    if (extension === undefined) names.push(file);
    else extensions.add(extension.toLowerCase());
  }
  const type = (name: string) => types[name] ?? 'application/octet-stream';
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">',
    ...[...extensions].map((one) => `<Default ${attributes({ Extension: one, ContentType: type(one) })}/>`),
    ...names.map((one) => `<Override ${attributes({ PartName: `/${one}`, ContentType: 'text/plain' })}/>`),
    '</Types>',
    '',
  ].join('\n');
}

const types: Readonly<Record<string, string>> = {
  '.vsixmanifest': 'text/xml',
  '.json': 'application/json',
  '.js': 'application/javascript',
  '.cjs': 'application/javascript',
  '.wasm': 'application/wasm',
  '.md': 'text/markdown',
  '.txt': 'text/plain',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(value)}"`)
    .join(' ');
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Whether a file of the extension is a program that people start by its name. */
export function isExecutable(path: string): ZipEntry['isExecutable'] {
  return path === 'dist/cli.js';
}
