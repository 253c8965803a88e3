import { defineConfig } from '@playwright/test';

const port = 4179;

/**
 * The attribution panel in a browser, against a made-up host: `npx playwright test -c test/journeys/webview`.
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
      ...(process.env.CHROMIUM === undefined ? {} : { executablePath: process.env.CHROMIUM }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    },
  },
  webServer: {
    command: `node server.mjs ${port}`,
    url: `http://127.0.0.1:${port}`,
    reuseExistingServer: false,
  },
});
