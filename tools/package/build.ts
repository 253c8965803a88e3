import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageOf } from './contents';

interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What was bundled for shipping. */
export interface Build {
  /** Where the bundles are. */
  readonly folder: string;
  /** Folders of the packages whose code is in them. */
  readonly packages: readonly string[];
}

/**
 * Bundles what ships, minified, into a folder.
 * @param root the project's folder
 * @throws Error with what the bundler said
 */
export function buildInto(folder: string, root: string): Build {
  const metafile = `${folder}.json`;
  const options = ['--production', '--outdir', folder, '--metafile', metafile];
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs', ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The bundles could not be made:\n${stderr}`);
  const bundles: readonly Metafile[] = JSON.parse(readFileSync(metafile, 'utf8'));
  const inputs = bundles.flatMap(({ inputs }) => Object.keys(inputs));
  return { folder, packages: [...new Set(inputs.flatMap((path) => packageFolder(root, path)))] };
}

/** The folder of the package that a bundled file lies in, the innermost one; nothing of a file of our own. */
function packageFolder(root: string, path: string): readonly string[] {
  const marker = 'node_modules/';
  const start = path.lastIndexOf(marker);
  if (start === -1) return [];
  const below = start + marker.length;
  return [join(root, path.slice(0, below), packageOf(path.slice(below)))];
}
