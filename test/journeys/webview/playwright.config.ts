import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../../scripts/chromium.mjs';

/** Runs beside each other need ports of their own. */
const port = Number(process.env.WEBVIEW_PORT ?? 4179);
const executablePath = findChromium();

/**
 * The attribution panel in a browser, against a made-up host. With SCREENSHOTS=folder also takes pictures of
 * every scene, to be looked at.
 */
export default defineConfig({
  testDir: '.',
  outputDir: join(__dirname, '../../../test-results/webview'),
  workers: 2,
  fullyParallel: true,
  retries: process.env.CI ? 2 : 0,
  reporter: 'list',
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1100, height: 900 },
    launchOptions: { ...(executablePath && { executablePath }), args: chromiumFlags },
  },
  webServer: { command: `node server.mjs ${port}`, url: `http://127.0.0.1:${port}` },
});
