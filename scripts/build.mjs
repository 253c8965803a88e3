// Bundles what ships into dist/, or another folder.
//   node scripts/build.mjs [--watch] [--production] [--outdir FOLDER] [--metafile FILE]
// --production: minified and without source maps; --metafile: what was bundled, as esbuild tells it, a list of one
// object per bundle, and one for the grammars
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { copyGrammars, grammarFiles } from './grammars.mjs';

/** Each is src/webview/<view>/main.ts and becomes dist/webview/<view>.js. */
const views = ['attribution', 'audit', 'compare', 'latent', 'map'];

/** Packages with native binaries: resolved from node_modules when they are run. */
const native = ['@duckdb/node-api', 'onnxruntime-node', 'sharp'];

const { values: options } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    outdir: { type: 'string', default: 'dist' },
    metafile: { type: 'string' },
  },
});

/** How many bundles are being built. */
let building = 0;

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  outdir: options.outdir,
  sourcemap: !options.production,
  metafile: options.metafile !== undefined,
  minify: options.production,
  logLevel: options.watch ? 'silent' : 'info',
  plugins: options.watch ? [watchReport()] : [],
};

/** @type {esbuild.BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Its module for import needs import.meta, which a cjs bundle has not.
  alias: { 'web-tree-sitter': createRequire(import.meta.url).resolve('web-tree-sitter') },
};

const bundles = [
  {
    ...node,
    entryPoints: { extension: 'src/extension/extension.ts' },
    external: ['vscode', './features'],
    // VS Code waits for this bundle: the other one is required with the first thing that needs it.
    supported: { 'dynamic-import': false },
  },
  { ...node, entryPoints: { features: 'src/extension/features.ts' }, external: ['vscode'] },
  {
    ...node,
    entryPoints: {
      engine: 'src/engine/main.ts',
      device: 'src/engine/runtime/device/deviceMain.ts',
      preparing: 'src/engine/clip/preparingWorker.ts',
      umap: 'src/engine/components/layout/umapWorker.ts',
    },
    external: native,
  },
  { ...node, entryPoints: { prompts: 'src/prompts/worker.ts' } },
  {
    ...node,
    entryPoints: { cli: 'src/engine/cli.ts' },
    external: native,
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    entryPoints: Object.fromEntries(views.map((view) => [`webview/${view}`, `src/webview/${view}/main.ts`])),
  },
];

rmSync(options.outdir, { recursive: true, force: true });
copyGrammars(join(options.outdir, 'grammars'));
if (options.watch) {
  const contexts = await Promise.all(bundles.map((bundle) => esbuild.context(bundle)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  const outcomes = await Promise.allSettled(bundles.map((bundle) => esbuild.build(bundle)));
  if (outcomes.some(({ status }) => status === 'rejected')) process.exit(1);
  if (options.metafile !== undefined) {
    const grammars = { inputs: Object.fromEntries(grammarFiles.map((file) => [`node_modules/${file}`, {}])) };
    const metafiles = [...outcomes.map(({ value }) => value.metafile), grammars];
    writeFileSync(options.metafile, JSON.stringify(metafiles));
  }
}

/**
 * Says when building begins and when all bundles are built, in the words that .vscode/tasks.json waits for.
 * @returns {esbuild.Plugin}
 */
function watchReport() {
  return {
    name: 'watch-report',
    setup(build) {
      build.onStart(() => {
        if (building === 0) console.log('[watch] build started');
        building += 1;
      });
      build.onEnd(({ errors }) => {
        for (const { text, location } of errors) {
          console.error(`✘ [ERROR] ${text}`);
          if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
        }
        building -= 1;
        if (building === 0) console.log('[watch] build finished');
      });
    },
  };
}
