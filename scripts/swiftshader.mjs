import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { findChromium } from './chromium.mjs';

/** Names the driver. It lies beside the program of the browser, which a package may start by a script elsewhere. */
const driver = 'vk_swiftshader_icd.json';
const packaged = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/usr/lib64/chromium-browser'];

/** Said to whoever lacks one. */
export const swiftShaderRemedy =
  'Install the chromium package of your system, which brings SwiftShader, or name a Vulkan driver in VK_ICD_FILENAMES.';

/**
 * What a process must be started with to find a Vulkan device without a GPU: SwiftShader, which comes with Chromium.
 * Vulkan is loaded once in a process, so that setting this in one that runs is too late.
 * @returns {Record<string, string> | undefined} undefined if there is none, or no Linux, where WebGPU does not use Vulkan.
 */
export function swiftShaderEnvironment() {
  if (process.platform !== 'linux') return undefined;
  if (process.env.VK_ICD_FILENAMES) return { VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES };
  const chromium = findChromium();
  const beside = chromium === undefined ? [] : [dirname(realpathSync(chromium))];
  const folder = [...beside, ...packaged].find((each) => existsSync(join(each, driver)));
  if (folder === undefined) return undefined;
  // Vulkan's own library, too, may be there only.
  const libraries = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  return { VK_ICD_FILENAMES: join(folder, driver), LD_LIBRARY_PATH: libraries };
}
