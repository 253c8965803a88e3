import picomatch from 'picomatch';
import { type Platform, platformOf, type Target } from './targets';

/** What ships of the project as it lies there; what is generated comes to it (stage.ts). */
const projectFiles = picomatch([
  'package.nls.json',
  'LICENSE',
  // Pictures of the README are not shown by the editor, and would be 2 MB.
  'media/{icon.png,*.svg,nouns.txt,NOTICE-*.txt}',
  'media/walkthrough/*.svg',
  'models/**',
]);

const builtFiles = picomatch(['*.js', 'grammars/*.wasm', 'webview/*.js']);

/** The packages that run. Others that npm installs are only there for the install script of onnxruntime-node. */
const runningPackages = picomatch(
  '{@duckdb/*,@img/*,onnxruntime-node,onnxruntime-common,sharp,detect-libc,semver}',
);

/** What runs of the packages in node_modules, whatever the platform: paths below node_modules. */
const packageFiles = picomatch([
  '{*,@*/*}/package.json',
  '{*,@*/*}/{LICENSE,LICENSE.*,LICENSE-*,license,NOTICE,NOTICES}',
  '@duckdb/node-api/lib/**/*.js',
  '@duckdb/node-bindings/*.js',
  '@duckdb/node-bindings-*/*.{node,so,dylib,dll}',
  'onnxruntime-node/dist/**/*.js',
  'onnxruntime-common/dist/cjs/**/*.{js,json}',
  'sharp/dist/*.cjs',
  '@img/colour/*.cjs',
  '@img/sharp-*/*.cjs',
  '@img/sharp-*/{README.md,versions.json}',
  '@img/sharp-*/lib/*',
  'detect-libc/lib/*.js',
  'semver/{index,preload}.js',
  'semver/{classes,functions,internal,ranges}/*.js',
]);

/**
 * The binaries of ONNX Runtime that a platform loads. Its package has those of all platforms; for macOS the same
 * library twice, of which the second is the one that the binding is linked with.
 */
function runtimeFiles({ platform, arch }: Platform): (path: string) => boolean {
  const folder = `onnxruntime-node/bin/napi-v6/${platform}/${arch}`;
  return picomatch(platform === 'darwin' ? `${folder}/{*.node,libonnxruntime.?.dylib}` : `${folder}/*`);
}

/** @param path relative to the project, with slashes */
export function shipsFromProject(path: string): boolean {
  return projectFiles(path);
}

/** @param path relative to the folder of the bundles, with slashes */
export function shipsFromBuild(path: string): boolean {
  return builtFiles(path);
}

/** Says of paths below node_modules, with slashes, whether they ship. */
export function shipsFromPackages(target: Target): (path: string) => boolean {
  const ofRuntime = runtimeFiles(platformOf[target]);
  return (path) =>
    runningPackages(packageOf(path)) && (packageFiles(path) || ofRuntime(path)) && !path.endsWith('.map');
}

/** The package that a path below node_modules belongs to. */
export function packageOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
