import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { swiftShaderEnvironment, swiftShaderRemedy } from '../../scripts/swiftshader.mjs';
import { commandLineResults } from './commandLine';
import { test } from './fixture';
import { attributeImages, expectBars, expectNumbers } from './panel';
import { statusItem, takeScreenshot } from './workbench';

const environment = swiftShaderEnvironment();
const wolf = 'images/wolf/wolf_00.jpg';
const prompt = 'a photo of a wolf';

test.use({ environment: environment ?? {} });

test('the main job on WebGPU: a right-clicked image has the bars that the command line gives on the CPU', async ({
  code,
  server,
  workspace,
}) => {
  // In CI it has to be there.
  test.skip(environment === undefined && !process.env.CI, 'There is no SwiftShader.');
  if (environment === undefined) throw new Error(`There is no SwiftShader. ${swiftShaderRemedy}`);
  // Without a GPU every shader is compiled for the CPU, and the shared machine has few.
  test.setTimeout(600_000);
  // A setting of the machine is not read from the user's file. Chosen here, it goes for the engine that starts next.
  const machine = join(server.profile, 'user/Machine');
  mkdirSync(machine, { recursive: true });
  writeFileSync(join(machine, 'settings.json'), JSON.stringify({ 'clipsight.engine.device': 'webgpu' }));
  await code.reload();
  await code.getByRole('treeitem').first().waitFor({ timeout: 90_000 });
  const [expected] = commandLineResults(workspace, [wolf], [prompt], ['--device', 'cpu']);
  const panel = await attributeImages(code, [wolf], prompt);
  await expect(panel.getByText('webgpu · fp32')).toBeVisible({ timeout: 400_000 });
  await expectNumbers(panel, expected!, 1e-4);
  await expectBars(panel, expected!);
  await expect(panel.getByText(/WebGPU is used because it is asked for/).first()).toBeVisible();
  await takeScreenshot(code, 'webgpu');
  await statusItem(code).hover();
  const told = code.locator('.monaco-hover', { hasText: 'Test Devices Again' });
  await expect(told).toContainText('The model runs on WebGPU, in single precision.');
  await expect(told.getByRole('row', { name: /^WebGPU used/ })).toBeVisible();
  await takeScreenshot(code, 'webgpu-status');
});
