import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as esbuild from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Build, buildInto } from '../../tools/package/build';
import { filesIn } from '../../tools/package/filesIn';
import { packVsix } from '../../tools/package/packVsix';
import { stage } from '../../tools/package/stage';
import { platformOf, type Target, targetHere, targets } from '../../tools/package/targets';

const root = join(__dirname, '../..');
/** Away from the project, whose node_modules would stand in for what a package lacks. */
const work = mkdtempSync(join(tmpdir(), 'clipsight-package-'));
afterAll(() => rmSync(work, { recursive: true }));
const stagedAt = (target: Target) => join(work, target);

let build: Build;

beforeAll(() => {
  mkdirSync(join(root, 'out'), { recursive: true });
  build = buildInto(join(work, 'dist'), root);
}, 300_000);

describe.each(targets)('the package for %s', (target) => {
  const folder = stagedAt(target);
  const { platform, arch } = platformOf[target];
  let files: readonly string[];

  beforeAll(async () => {
    await stage(target, build, root, folder);
    files = filesIn(folder);
  }, 300_000);

  it('has the native libraries of its platform, and of no other', () => {
    const natives = files.filter((path) => /\.(node|so|dll|dylib)(\.[\d.]+)?$/.test(path));
    const expected: Readonly<Record<typeof platform, readonly string[]>> = {
      linux: ['libduckdb.so', 'libonnxruntime.so.1', 'libvips-cpp.so.N'],
      darwin: ['libduckdb.dylib', 'libonnxruntime.1.dylib', 'libvips-cpp.N.dylib'],
      win32: [
        ...['DirectML.dll', 'duckdb.dll', 'dxcompiler.dll', 'dxil.dll', 'libvips-42.dll'],
        ...['libvips-cpp-N.dll', 'onnxruntime.dll'],
      ],
    };
    const nodes = ['duckdb.node', 'onnxruntime_binding.node', `sharp-${target}-N.node`];
    const names = natives.map((path) => basename(path).replace(/\d+(\.\d+){2}/, 'N'));
    expect(names.toSorted()).toEqual([...expected[platform], ...nodes].toSorted());
    for (const path of natives)
      expect(formatOf(readFileSync(join(folder, path))), path).toBe(`${platform} ${arch}`);
  });

  it('has only what is run or read', () => {
    const stray = files.filter(
      (path) =>
        /\.(ts|mts|cts|map|h|md|py|env|log|vsix)$|(^|\/)(test|tests|src|scripts|docs)\//.test(path) &&
        !documents.test(path),
    );
    expect(stray).toEqual([]);
    expect(files.filter((path) => path.split('/').some((part) => part.startsWith('.')))).toEqual([]);
    expect(new Set(files.map((path) => path.split('/')[0]))).toEqual(
      new Set([
        ...[
          'CHANGELOG.md',
          'LICENSE',
          'README.md',
          'THIRD_PARTY_NOTICES.md',
          'package.json',
          'package.nls.json',
        ],
        ...['dist', 'examples', 'media', 'models', 'node_modules'],
      ]),
    );
    expect(files.filter((path) => path.startsWith('examples/'))).toHaveLength(64);
  });

  it('has every package that is required, inside of it', async () => {
    const { metafile } = await esbuild.build({
      absWorkingDir: folder,
      entryPoints: ['dist/extension.js', 'dist/engine.js', 'dist/umap.js', 'dist/prompts.js', 'dist/cli.js'],
      outdir: 'unused',
      write: false,
      bundle: true,
      metafile: true,
      platform: 'node',
      // What looks for the native libraries, by names that it puts together.
      external: ['vscode', '*.node', './sharp.cjs', '@duckdb/node-bindings-*'],
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => path.startsWith('../'))).toEqual([]);
    expect(inputs).toContain('node_modules/onnxruntime-node/dist/index.js');
    const native = [`@duckdb/node-bindings-${target}`, `@img/sharp-${target}`, '@img/colour'];
    for (const name of native)
      expect(existsSync(join(folder, 'node_modules', name, 'package.json')), name).toBe(true);
  });

  it('has what the manifest and the code name', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const inManifest = JSON.stringify(manifest).matchAll(/"(?:\.\/)?((?:media|dist)\/[^"]+)"/g);
    const inCode = filesIn(join(root, 'src')).flatMap((path) => [
      ...readFileSync(join(root, 'src', path), 'utf8').matchAll(/\b(media)(?:\/|', ')([\w-]+\.\w+)'/g),
    ]);
    const named = [...inManifest, ...inCode].map(([, ...parts]) => parts.join('/'));
    expect(named).toEqual(expect.arrayContaining(['media/icon.svg', 'media/icon.png', 'media/nouns.txt']));
    expect(named.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
    expect(existsSync(join(folder, manifest.main))).toBe(true);
    expect(manifest).not.toHaveProperty('devDependencies');
  });

  it('names no folder of the machine it was made on, and links nowhere that is not there', () => {
    const texts = files.filter((path) => /^dist\/.*\.js$|^[^/]+$/.test(path));
    const said = texts.filter((path) => readFileSync(join(folder, path), 'utf8').includes(root));
    expect(said).toEqual([]);
    for (const name of ['README.md', 'CHANGELOG.md']) {
      const links = readFileSync(join(folder, name), 'utf8').match(/\]\((?!https:|#)[^)]*\)/g);
      expect(links).toBeNull();
    }
  });

  it('has notices of all that others made', () => {
    const notices = readFileSync(join(folder, 'THIRD_PARTY_NOTICES.md'), 'utf8');
    const folders = new Set(
      files
        .flatMap((path) => /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
        .map((path) => join(folder, path)),
    );
    const headings = notices.split('\n').filter((line) => line.startsWith('### '));
    for (const one of [...folders, ...build.packages]) {
      const { name, version } = JSON.parse(readFileSync(join(one, 'package.json'), 'utf8'));
      expect(notices).toContain(`| ${name} | ${version} |`);
      const isHeading = (line: string) => line.slice(4).split(', ').includes(`${name} ${version}`);
      expect(headings.some(isHeading), `${name} has no text`).toBe(true);
    }
    for (const path of files.filter((file) => /\.(node|so|dll|dylib)(\.[\d.]+)?$/.test(file))) {
      expect(notices).toContain(`\`${path}\``);
    }
    for (const said of [
      ...[
        'GNU LESSER GENERAL PUBLIC LICENSE',
        'GNU GENERAL PUBLIC LICENSE',
        'may be replaced',
        'lovell/sharp-libvips',
      ],
      ...[
        'WordNet 3.1 Copyright',
        'Bitstream Vera',
        'Noto Color Emoji',
        'SIL OPEN FONT LICENSE',
        'tree-sitter-python',
      ],
      ...['ONNX Runtime 1.30.0', 'ThirdPartyNotices.txt', '| zod |', '| lit |', '| comlink |', '| undici |'],
    ]) {
      expect(notices).toContain(said);
    }
    expect(notices.includes('DirectML.dll')).toBe(platform === 'win32');
  });
});

const documents =
  /^(README|CHANGELOG|THIRD_PARTY_NOTICES)\.md$|^models\/README\.md$|^node_modules\/@img\/(sharp-[^/]+\/README|colour\/LICENSE)\.md$/;

/** What an executable file says that it was built for, by its header. */
function formatOf(bytes: Buffer): string {
  const magic = bytes.readUInt32BE(0);
  if (magic === 0x7f454c46) return `linux ${{ 62: 'x64', 183: 'arm64' }[bytes.readUInt16LE(0x12)]}`;
  if (magic === 0xcffaedfe) return `darwin ${{ 16777223: 'x64', 16777228: 'arm64' }[bytes.readUInt32LE(4)]}`;
  if (magic === 0xcafebabe) {
    const cpus = Array.from({ length: bytes.readUInt32BE(4) }, (_, i) => bytes.readUInt32BE(8 + 20 * i));
    return cpus.includes(0x0100000c) ? 'darwin arm64' : 'darwin';
  }
  if (magic >>> 16 !== 0x4d5a) return 'unknown';
  const header = bytes.readUInt32LE(0x3c);
  return `win32 ${{ 34404: 'x64', 43620: 'arm64' }[bytes.readUInt16LE(header + 4)]}`;
}

describe('the .vsix', () => {
  const staged = stagedAt('linux-x64');
  let path: string;

  // The one for this machine is what later stages install.
  beforeAll(async () => {
    const here = targetHere();
    path = await packVsix('linux-x64', staged, join(root, 'out'));
    if (here !== null && here !== 'linux-x64') await packVsix(here, stagedAt(here), join(root, 'out'));
  }, 600_000);

  it('for linux-x64 is at most 60 MB', () => {
    expect(statSync(path).size).toBeLessThanOrEqual(60_000_000);
  });

  it.runIf(targetHere() === 'linux-x64')(
    'gives the numbers of the project where nothing else is at hand',
    () => {
      const image = join(root, 'examples/demo/images/wolf/wolf_00.jpg');
      const args = ['attribute', image, '--prompt', 'a photo of a wolf', '--json'];
      const cli = (folder: string) =>
        JSON.parse(
          execFileSync(process.execPath, [join(folder, 'dist/cli.js'), ...args], { encoding: 'utf8' }),
        ).results;
      expect(cli(staged)).toEqual(cli(root));
    },
  );
});
