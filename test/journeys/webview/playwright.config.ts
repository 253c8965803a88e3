import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const port = 4179;
const debian = '/usr/bin/chromium';
const chromium = process.env.CHROMIUM ?? (existsSync(debian) ? debian : undefined);

/**
 * The attribution panel in a browser, against a made-up host: `npx playwright test -c test/journeys/webview`.
 * CHROMIUM=path names the browser; Debian's, or else Playwright's own, is the default.
 * SCREENSHOTS=folder also takes pictures of every scene, to be looked at.
 */
export default defineConfig({
  testDir: '.',
  outputDir: '../../../test-results/webview',
  workers: 1,
  retries: 0,
  reporter: 'list',
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1100, height: 900 },
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    },
  },
  webServer: {
    command: `node server.mjs ${port}`,
    url: `http://127.0.0.1:${port}`,
    reuseExistingServer: false,
  },
});
