// The webviews outside VS Code: the same pages, the same Content-Security-Policy, and made-up hosts.
// `node test/journeys/webview/server.mjs [port]`, then open /?scene=wolf&theme=dark (scenes.ts, themes.ts) for the
// attribution panel, or /latent?scene=wolf&theme=dark (latentScenes.ts) for the Latent inspector.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import sharp from 'sharp';

const port = Number(process.argv[2] ?? 4179);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const demo = `${root}examples/demo/images`;
const nonce = 'bm90LWEtc2VjcmV0';

const names = [
  'wolf/wolf_00',
  'wolf/wolf_01',
  'camera/camera_00',
  'hot_dog/hot_dog_01',
  'drake/drake_02',
  'mixed/mixed_03',
  ...[
    'bat',
    'bear',
    'beaver',
    'book',
    'bow',
    'bread',
    'car',
    'cat',
    'cow',
    'dog',
    'fox',
    'key',
    'owl',
  ].flatMap((noun) => [`${noun}/${noun}_00`, `${noun}/${noun}_01`]),
];

/** Three pictures side by side, of which a model that crops the centre sees the middle one. */
async function wide() {
  const parts = ['bear/bear_00', 'wolf/wolf_00', 'fox/fox_00'].map((name, index) => ({
    input: `${demo}/${name}.jpg`,
    left: 192 * index,
    top: 0,
  }));
  const canvas = sharp({ create: { width: 576, height: 192, channels: 3, background: 'black' } });
  return canvas.composite(parts).jpeg().toBuffer();
}

const pictures = Object.fromEntries(
  names.map((name) => [`images/${name}.jpg`, readFileSync(`${demo}/${name}.jpg`).toString('base64')]),
);
pictures['images/wide.jpg'] = (await wide()).toString('base64');

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [`${root}${entry}`],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'chrome128',
    tsconfig: `${root}tsconfig.json`,
    loader: { '.json': 'json' },
  });
  return outputFiles[0].text;
}

const scripts = {
  '/pictures.js': `globalThis.pictures = ${JSON.stringify(pictures)};`,
  '/host.js': await bundle('test/journeys/webview/host.ts'),
  '/attribution.js': await bundle('src/webview/attribution/main.ts'),
  '/latentHost.js': await bundle('test/journeys/webview/latentHost.ts'),
  '/latent.js': await bundle('src/webview/latent/main.ts'),
  '/compareHost.js': await bundle('test/journeys/webview/compareHost.ts'),
  '/compare.js': await bundle('src/webview/compare/main.ts'),
  '/auditHost.js': await bundle('test/journeys/webview/auditHost.ts'),
  '/audit.js': await bundle('src/webview/audit/main.ts'),
  '/mapHost.js': await bundle('test/journeys/webview/mapHost.ts'),
  '/map.js': await bundle('src/webview/map/main.ts'),
};

const policy = `default-src 'none'; img-src blob:; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; font-src 'none'`;
const page = (title, element, host, script) => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
</head>
<body>
<${element} panel="panel-1"></${element}>
<script nonce="${nonce}" src="/pictures.js"></script>
<script nonce="${nonce}" src="/${host}.js"></script>
<script nonce="${nonce}" src="/${script}.js"></script>
</body>
</html>
`;
const pages = {
  '/latent': page('Latent inspector', 'clipsight-latent-inspector', 'latentHost', 'latent'),
  '/compare': page('Compare prompts', 'clipsight-compare', 'compareHost', 'compare'),
  '/audit': page('Audit', 'clipsight-audit', 'auditHost', 'audit'),
  '/map': page('Component map', 'clipsight-component-map', 'mapHost', 'map'),
  '/': page('Attribution', 'clipsight-attribution', 'host', 'attribution'),
};

createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://panel');
  const script = scripts[pathname];
  response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
  response.end(script ?? pages[pathname] ?? pages['/']);
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/?scene=wolf&theme=dark`));
