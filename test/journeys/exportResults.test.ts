import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { type CommandLineResult, commandLineResults } from './commandLine';
import { test } from './fixture';
import { attributeImages, expectNumbers } from './panel';
import { quickInput } from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('what is copied and saved are the numbers of the command line', async ({ code, workspace }) => {
  const expected = commandLineResults(workspace, [wolf], ['a photo of a wolf']);
  const panel = await attributeImages(code, [wolf], 'a photo of a wolf');
  await expectNumbers(panel, expected[0]!);

  await panel.getByRole('button', { name: 'Export' }).click();
  await panel.getByRole('menuitem', { name: 'Copy as JSON' }).click();
  await expectClipboard(code, (text) => expectSame(JSON.parse(text).results, expected));
  await expect(panel.getByRole('menu')).toBeHidden();

  await panel.getByRole('button', { name: 'Export' }).focus();
  await code.keyboard.press('Enter');
  await expect(panel.getByRole('menuitem', { name: 'Copy as JSON' })).toBeFocused();
  await code.keyboard.press('ArrowDown');
  await code.keyboard.press('Enter');
  await expectClipboard(code, (text) => expectSame(resultsOfCsv(text), expected));

  await panel.getByRole('button', { name: 'Export' }).click();
  await panel.getByRole('menuitem', { name: 'Export JSON…' }).click();
  await expect(quickInput(code)).toHaveValue(join(workspace, 'clipsight.json'));
  await quickInput(code).press('Enter');
  await expect(code.getByText('Saved clipsight.json.').first()).toBeVisible();
  const saved = JSON.parse(readFileSync(join(workspace, 'clipsight.json'), 'utf8'));
  expectSame(saved.results, expected);
});

/** Waits until what is on the clipboard meets an expectation. */
async function expectClipboard(code: Page, check: (text: string) => void): Promise<void> {
  await expect(async () => check(await code.evaluate(() => navigator.clipboard.readText()))).toPass({
    timeout: 20_000,
  });
}

/** A run in other company may differ in the last digits of a float32 sum: 1e-6 is allowed, as in the panel. */
function expectSame(given: readonly CommandLineResult[], expected: readonly CommandLineResult[]): void {
  const names = ({ image, prompt }: CommandLineResult) => [image, prompt];
  expect(given.map(names)).toEqual(expected.map(names));
  for (const [i, { similarity, components }] of expected.entries()) {
    expect(Math.abs(given[i]!.similarity - similarity)).toBeLessThan(1e-6);
    expect(given[i]!.components.map(({ latent }) => latent)).toEqual(components.map(({ latent }) => latent));
    for (const [j, { attribution, activation }] of components.entries()) {
      const component = given[i]!.components[j]!;
      expect(Math.abs(component.attribution - attribution)).toBeLessThan(1e-6);
      expect(Math.abs(component.activation - activation)).toBeLessThan(1e-4);
    }
  }
}

/** The results of one image and one prompt, whose names need no quotes. */
function resultsOfCsv(text: string): CommandLineResult[] {
  const [header, ...lines] = text.trimEnd().split('\r\n');
  const names = header!.split(',');
  const rows = lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, fields[i]!]));
  });
  const { image, prompt, similarity } = rows[0]!;
  return [
    {
      image: image!,
      prompt: prompt!,
      similarity: Number(similarity),
      components: rows.map(({ latent, attribution, activation }) => ({
        latent: Number(latent),
        attribution: Number(attribution),
        activation: Number(activation),
      })),
    },
  ];
}
