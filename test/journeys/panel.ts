import { expect, type FrameLocator, type Page } from '@playwright/test';
import type { CommandLineResult } from './commandLine';
import { panelFrame, pickFromContextMenu, quickInput } from './workbench';

/** Opens the panel as a person does: right-click, choose, type a prompt, Enter. */
export async function attributeImages(
  code: Page,
  images: readonly string[],
  prompt: string,
): Promise<FrameLocator> {
  await pickFromContextMenu(code, images, 'Attribute with CLIP…');
  await quickInput(code).pressSequentially(prompt);
  await quickInput(code).press('Enter');
  return panelFrame(code);
}

/** Waits until the panel shows exactly the numbers of the command line, and fails if it never does. */
export async function expectNumbers(
  panel: FrameLocator,
  { prompt, similarity, components }: CommandLineResult,
) {
  const row = panel.getByRole('grid', { name: 'Prompts' }).getByRole('row').filter({ hasText: prompt });
  await expect(row.getByTitle(`Cosine ${shown(similarity)}`)).toBeVisible({ timeout: 60_000 });
  const rows = panel.getByRole('grid', { name: 'Components' }).getByRole('rowgroup').getByRole('row');
  await expect(rows).toHaveCount(components.length);
  for (const [i, { latent, attribution, activation }] of components.entries()) {
    const cells = rows.nth(i).getByRole('gridcell');
    await expect(cells.nth(0)).toHaveText(String(latent));
    await expect(cells.nth(2)).toHaveAttribute('title', `${shown(attribution)} of cosine`);
    await expect(cells.nth(4)).toHaveAttribute('title', shown(activation));
  }
}

/** Each bar's length is its share of the longest, on the side of its sign. */
export async function expectBars(panel: FrameLocator, { components }: CommandLineResult) {
  const rows = panel.getByRole('grid', { name: 'Components' }).getByRole('rowgroup').getByRole('row');
  const boxes = await rows.evaluateAll((elements) =>
    elements.map((element) => {
      const box = element.querySelector('.bar-box')!.getBoundingClientRect();
      const bar = element
        .querySelector('.bar-box rect.positive, .bar-box rect.negative')!
        .getBoundingClientRect();
      return { middle: box.left + box.width / 2, half: box.width / 2, left: bar.left, width: bar.width };
    }),
  );
  const largest = Math.max(...components.map(({ attribution }) => Math.abs(attribution)));
  for (const [i, { attribution }] of components.entries()) {
    const { middle, half, left, width } = boxes[i]!;
    expect(Math.abs(width / half - Math.abs(attribution) / largest)).toBeLessThan(0.05);
    expect(attribution > 0 ? left >= middle - 1.5 : left + width <= middle + 1.5).toBe(true);
  }
}

/** As the panel's tooltips write a number: six digits. */
function shown(value: number): string {
  return String(Number(value.toPrecision(6))).replace(/^-/, '\u2212');
}
