import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const commands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** What Chromium needs to be quiet and to run as root, in a container and without a GPU. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Said to whoever lacks one. */
export const chromiumRemedy =
  'Install the chromium package of your system, or name the program in CLIPSIGHT_CHROMIUM.';

/**
 * Where a Chromium is: CLIPSIGHT_CHROMIUM, one on the PATH, or Playwright's own. Undefined if there is none.
 * @returns {string | undefined}
 * @throws if CLIPSIGHT_CHROMIUM names a file that does not exist.
 */
export function findChromium() {
  const named = process.env.CLIPSIGHT_CHROMIUM;
  if (named) {
    if (!existsSync(named)) throw new Error(`CLIPSIGHT_CHROMIUM names ${named}, which does not exist.`);
    return named;
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const onPath = commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  return [...onPath, chromium.executablePath()].find(existsSync);
}
