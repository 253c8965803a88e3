import type { ExtensionManifest } from './vsix';

/**
 * A document of the project as it reads without the project around it: its pictures are left out, and links to files
 * that are not there are their words.
 */
export function withoutLocalLinks(markdown: string): string {
  return markdown
    .replace(/^!\[[^\]]*\]\((?!https?:)[^)]*\)\n\n?/gm, '')
    .replace(/(?<!!)\[([^\]]*)\]\((?!https?:|#)[^)]*\)/g, '$1');
}

/** package.json without what is for those who build the project. */
export function runtimeManifest(manifest: ExtensionManifest & Readonly<Record<string, unknown>>): string {
  const { scripts: _scripts, devDependencies: _devDependencies, ...rest } = manifest;
  return `${JSON.stringify(rest, null, 2)}\n`;
}
