import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { evenly } from '../../src/engine/numeric/evenly';
import type { Build } from './build';
import { shipsFromBuild, shipsFromPackages, shipsFromProject } from './contents';
import { runtimeManifest, withoutLocalLinks } from './documents';
import { filesIn } from './filesIn';
import { thirdPartyNotices } from './notices';
import { installFor } from './npm';
import { stripElf } from './stripElf';
import type { Target } from './targets';

/** As many pictures as one test of a dictionary looks at (src/engine/testedDictionary.ts). */
const demoPictures = 64;

/**
 * Makes the folder of the extension as it is installed on a platform, and nothing else in it.
 * @param root the project's folder
 * @param folder made anew; what npm installs meanwhile lies beside it
 */
export async function stage(target: Target, build: Build, root: string, folder: string): Promise<void> {
  const installed = `${folder}.npm`;
  for (const old of [folder, installed]) rmSync(old, { recursive: true, force: true });
  const copy = (from: string, paths: readonly string[], to = '.') => {
    for (const path of paths) {
      const destination = join(folder, to, path);
      mkdirSync(dirname(destination), { recursive: true });
      cpSync(join(from, path), destination);
    }
  };
  const ours = ['LICENSE', 'package.nls.json', ...within(root, 'media'), ...within(root, 'models')];
  copy(root, ours.filter(shipsFromProject));
  copy(build.folder, filesIn(build.folder).filter(shipsFromBuild), 'dist');
  const pictures = await picturesIn(join(root, 'examples/demo/images'));
  copy(
    root,
    evenly(pictures, demoPictures).map((path) => path.slice(root.length + 1)),
  );

  installFor(target, root, installed);
  const modules = join(installed, 'node_modules');
  copy(modules, filesIn(modules).filter(shipsFromPackages(target)), 'node_modules');
  rmSync(installed, { recursive: true });
  stripLibraries(join(folder, 'node_modules'));

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const read = (name: string) => readFileSync(join(root, name), 'utf8');
  write('package.json', runtimeManifest(JSON.parse(read('package.json'))));
  for (const name of ['README.md', 'CHANGELOG.md']) write(name, withoutLocalLinks(read(name)));
  const sources = { root, bundled: build.packages, modules: join(folder, 'node_modules') };
  write('THIRD_PARTY_NOTICES.md', thirdPartyNotices(sources));
}

/**
 * Takes the symbol tables out of the Linux libraries of those packages whose licence is MIT: 3 of 23 MB of DuckDB as it is
 * packed. What is under the LGPL, and what is signed, stays as it came.
 */
function stripLibraries(modules: string): void {
  const libraries = filesIn(modules).filter((path) =>
    /^(@duckdb|onnxruntime-node)\/.*\.(node|so)(\.\d+)*$/.test(path),
  );
  for (const path of libraries.map((library) => join(modules, library))) {
    const bytes = readFileSync(path);
    const stripped = stripElf(bytes);
    if (stripped === bytes) continue;
    chmodSync(path, 0o644);
    writeFileSync(path, stripped);
  }
}

function within(root: string, folder: string): readonly string[] {
  return filesIn(join(root, folder)).map((path) => `${folder}/${path}`);
}
