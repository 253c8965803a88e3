import { dirname } from 'node:path';

/**
 * What is to be said of a native library that ships, beside its package's licence.
 * @param path below node_modules
 * @param read the text of a file below node_modules
 * @throws Error of one that nothing is known of
 */
export function nativeNotice(path: string, read: (path: string) => string): string {
  const version = (name: string) => JSON.parse(read(`${name}/package.json`)).version;
  if (path.startsWith('onnxruntime-node/bin/')) {
    const runtime = version('onnxruntime-node');
    if (/\/(DirectML|dxcompiler|dxil)\.dll$/.test(path)) {
      return '**DirectML.dll, dxcompiler.dll, dxil.dll** come with onnxruntime-node. DirectML is redistributed under the terms of its NuGet package Microsoft.AI.DirectML (https://www.nuget.org/packages/Microsoft.AI.DirectML). dxcompiler is the DirectX Shader Compiler, under the University of Illinois/NCSA licence of LLVM, and dxil.dll comes with it under Microsoft’s terms; both texts: https://github.com/microsoft/DirectXShaderCompiler (LICENSE.TXT, LICENSE-MIT.txt, LICENSE-MS.txt).';
    }
    return `**ONNX Runtime ${runtime}** is under the MIT licence below. What is linked into it (among others Abseil, Dawn, Eigen, FlatBuffers, ONNX, Protocol Buffers, re2) and the terms of each are listed in https://github.com/microsoft/onnxruntime/blob/v${runtime}/ThirdPartyNotices.txt.`;
  }
  if (path.startsWith('@duckdb/node-bindings-')) {
    const duckdb = String(version('@duckdb/node-bindings')).split('-')[0];
    return `**DuckDB ${duckdb}** is under the MIT licence below. What is linked into it, with the terms of each, lies in https://github.com/duckdb/duckdb/tree/v${duckdb}/third_party. On Linux the symbol table for debuggers is left out of its libraries; nothing that runs is changed.`;
  }
  if (path.startsWith('@img/sharp-')) {
    const folder = path.split('/').slice(0, 2).join('/');
    if (!/libvips/.test(path)) return '**sharp** is under the Apache licence below.';
    return libvips(JSON.parse(read(`${folder}/versions.json`)), read(`${folder}/README.md`));
  }
  throw new Error(
    `Nothing is known of the native library ${dirname(path)}. tools/package/natives.ts says what may be shipped.`,
  );
}

/** The table of licences stands in the README of the package, their versions in a file of their own. */
function libvips(versions: Readonly<Record<string, string>>, readme: string): string {
  const table = readme.split('\n').filter((line) => line.startsWith('|'));
  if (table.length < 20)
    throw new Error('The package of libvips no longer lists the licences of what it contains.');
  return [
    `**libvips ${versions.vips}** is under the GNU Lesser General Public License, version 3 or later (text below), and so are parts of what it is built with. sharp loads it as a shared library, a file of its own: it may be replaced by another build of the same interface, made from the sources at https://github.com/libvips/libvips (tag v${versions.vips}) and https://github.com/lovell/sharp-libvips, which has the scripts and all other sources of this build. It ships unchanged.`,
    'It contains:',
    table.join('\n'),
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
  ].join('\n\n');
}
