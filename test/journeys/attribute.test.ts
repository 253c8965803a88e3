import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { commandLineResults } from './commandLine';
import { signalEngines } from './engineProcesses';
import { test } from './fixture';
import { addPrompt, attributeImages, expectBars, expectNumbers } from './panel';
import {
  panelFrame,
  pickFromContextMenu,
  quickCheck,
  quickInput,
  setTheme,
  takeScreenshot,
} from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';
const camera = 'images/camera/camera_00.jpg';

test('bars of a right-clicked image equal the command line, in every kind of theme', async ({
  code,
  workspace,
}) => {
  const prompts = ['a photo of a wolf', 'a photo of a dog'];
  const [expected, second] = commandLineResults(workspace, [wolf], prompts);
  const panel = await attributeImages(code, [wolf], prompts[0]!);
  await expectNumbers(panel, expected!);
  await expectBars(panel, expected!);

  await addPrompt(panel, prompts[1]!);
  await panel.getByRole('grid', { name: 'Prompts' }).getByRole('row').filter({ hasText: 'a dog' }).click();
  await expectNumbers(panel, second!);

  for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const) {
    await setTheme(code, theme);
    await takeScreenshot(code, `attribution-${theme}`);
  }
});

test('an edited prompt has its numbers at once, and undo brings the old ones back', async ({
  code,
  workspace,
}) => {
  const [before, after] = commandLineResults(workspace, [wolf], ['a photo of a wolf', 'a wolf in the snow']);
  const panel = await attributeImages(code, [wolf], before!.prompt);
  await expectNumbers(panel, before!);
  await panel.getByRole('button', { name: `Edit prompt: ${before!.prompt}` }).click();
  // Its page may get the focus some time after the click: keys pressed before that would go elsewhere.
  const field = panel.getByRole('textbox', { name: 'Prompt', exact: true });
  await expect(field).toBeFocused();
  await field.press('ControlOrMeta+A');
  await field.pressSequentially(after!.prompt);
  await field.press('Enter');
  await expectNumbers(panel, after!);
  await panel.locator('clipsight-prompt-table').getByRole('button', { name: 'Undo' }).click();
  await expectNumbers(panel, before!);
});

test('several images share a panel; a broken one says what is wrong and does not cost the others', async ({
  code,
  workspace,
}) => {
  const broken = 'images/wolf/broken.jpg';
  writeFileSync(join(workspace, broken), readFileSync(join(workspace, wolf)).subarray(0, 2000));
  const results = commandLineResults(workspace, [wolf, camera], ['a camera']);
  const panel = await attributeImages(code, [camera, broken, wolf], 'a camera');
  const images = panel.getByRole('listbox', { name: 'Images' }).getByRole('option');
  await expect(images).toHaveCount(3);
  for (const result of results) {
    await images
      .filter({ hasText: '' })
      .nth(result.image === camera ? 0 : 2)
      .click();
    await expectNumbers(panel, result);
  }
  await images.nth(1).click();
  await expect(panel.getByText(/broken\.jpg.*(ends|truncated|incomplete|cannot)/i).first()).toBeVisible();
  await takeScreenshot(code, 'broken-image');
});

test('the engine is killed with calls in flight, and the person goes on working', async ({
  code,
  server,
  workspace,
}) => {
  const [wolfResult, dogResult] = commandLineResults(workspace, [wolf], ['a wolf', 'a dog']);
  const panel = await attributeImages(code, [wolf], 'a wolf');
  await expectNumbers(panel, wolfResult!);

  // A frozen engine answers nothing: what is asked now is in flight when it dies.
  expect(signalEngines(server.profile, 'SIGSTOP')).toBe(1);
  await addPrompt(panel, 'a dog');
  await expect(panel.getByRole('button', { name: 'Cancel' })).toBeVisible();
  signalEngines(server.profile, 'SIGKILL');
  await expect(panel.getByRole('alert')).toContainText('The engine');
  await takeScreenshot(code, 'engine-killed');
  await panel.getByRole('button', { name: 'Retry' }).click();
  await panel.getByRole('grid', { name: 'Prompts' }).getByRole('row').filter({ hasText: 'a dog' }).click();
  await expectNumbers(panel, dogResult!);
});

test('a page that sends hostile messages gets nothing and breaks nothing', async ({ code, workspace }) => {
  const errors: string[] = [];
  code.on('pageerror', (error) => errors.push(error.message));
  // The page's own door to the extension, kept where the test can use it.
  await code.addInitScript(() => {
    type Acquire = () => { postMessage(message: unknown): void };
    let acquire: Acquire | undefined;
    Object.defineProperty(globalThis, 'acquireVsCodeApi', {
      configurable: true,
      set: (given: Acquire) => {
        acquire = given;
      },
      get: () => () => {
        const api = acquire!();
        Object.assign(globalThis, { stolenApi: api });
        return api;
      },
    });
  });
  const [before, after] = commandLineResults(workspace, [wolf], ['a wolf', 'a dog']);
  const panel = await attributeImages(code, [wolf], before!.prompt);
  await expectNumbers(panel, before!);

  const answers = await panel.locator('body').evaluate(async () => {
    const heard: unknown[] = [];
    // The page asks for things itself meanwhile, under ids that the calls below have not.
    const isOwn = (id: unknown) => typeof id === 'string' && /^[0-9a-f]+(-[0-9a-f]+){3}$/.test(id);
    const hear = ({ data }: MessageEvent) => {
      if (!isOwn(data?.data?.id)) heard.push(data);
    };
    window.addEventListener('message', hear);
    const { stolenApi } = globalThis as unknown as { stolenApi: { postMessage(message: unknown): void } };
    const run = 'globalThis.process.mainModule.constructor._load("fs").writeFileSync("owned", "")';
    const raw = (value: unknown) => ({ type: 'RAW', value });
    const call = (path: unknown, argumentList: unknown, type: unknown = 'APPLY') => ({
      id: `x${heard.length}`,
      type,
      path,
      argumentList,
    });
    const messages = [
      call(['__proto__'], []),
      call(['constructor'], [raw(run)]),
      call(['ready', 'constructor'], [raw(run)]),
      call(['ready', 'constructor', 'constructor'], [raw(run)], 'CONSTRUCT'),
      call(['setPrompts', '__proto__', 'polluted'], [], 'GET'),
      { ...call(['__proto__', 'polluted'], []), type: 'SET', value: raw('yes') },
      call(['toString'], []),
      call(['setPrompts'], [raw({ prompts: 'not a list' })]),
      call(['setPrompts'], [raw({ prompts: [{ toString: 'x' }, 7, null] })]),
      call(['setPrompts'], [raw({ prompts: ['a'], __proto__: { prompts: ['b'] }, more: 1 })]),
      call(['openImage'], [raw({ image: -1 })]),
      call(['openImage'], [raw({ image: 999 })]),
      call(['openImage'], [raw({ image: '../../../../etc/passwd' })]),
      call(['preview'], [raw({ image: Number.NaN })]),
      call(['exportResults'], [raw({ format: 'exe', to: 'file' })]),
      call('ready', 'nothing'),
      call(['ready'], [{ type: 'HANDLER', name: 'proxy', value: {} }]),
      call([], [], 'RELEASE'),
      call([], [], 'ENDPOINT'),
      null,
      'text',
      [],
      { port: 'panel-host' },
    ];
    const ports = ['panel-host', 'panel-view', '__proto__', 'constructor', '1'];
    for (const data of messages) {
      stolenApi.postMessage(data);
      for (const port of ports) {
        stolenApi.postMessage({ port, data });
        for (const to of ['server', 'caller']) stolenApi.postMessage({ port, to, data });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
    window.removeEventListener('message', hear);
    return JSON.stringify(heard);
  });

  // What is answered at all is a refusal; nothing of the extension's own comes out.
  expect(answers).not.toContain('"kind":"value"');
  expect(existsSync(join(workspace, 'owned'))).toBe(false);
  await expectNumbers(panel, before!);
  await addPrompt(panel, after!.prompt);
  await panel.getByRole('grid', { name: 'Prompts' }).getByRole('row').filter({ hasText: 'a dog' }).click();
  await expectNumbers(panel, after!);
  expect(errors).toEqual([]);
});

test('prompts of the workspace are offered, and those used are remembered', async ({ code }) => {
  await pickFromContextMenu(code, [wolf], 'Attribute with CLIP…');
  await quickCheck(code, 'a wolf in the snow').click();
  await quickCheck(code, 'a race car').click();
  await takeScreenshot(code, 'prompt-picker');
  await quickInput(code).press('Enter');
  const prompts = panelFrame(code).getByRole('grid', { name: 'Prompts' });
  await expect(prompts.getByRole('row').filter({ hasText: 'a race car' })).toBeVisible();
  await expect(prompts.getByRole('row').filter({ hasText: 'a wolf in the snow' })).toBeVisible();

  await pickFromContextMenu(code, [camera], 'Attribute with CLIP…');
  await expect(quickCheck(code, 'a race car')).toBeVisible();
  await quickInput(code).press('Enter');
  await expect(panelFrame(code).getByText(camera).first()).toBeVisible();
  await expect(
    panelFrame(code)
      .getByRole('grid', { name: 'Prompts' })
      .getByRole('row')
      .filter({ hasText: 'a race car' }),
  ).toBeVisible();
});
