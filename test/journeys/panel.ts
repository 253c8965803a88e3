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

export async function addPrompt(panel: FrameLocator, prompt: string): Promise<void> {
  const field = panel.getByRole('textbox', { name: 'Add a prompt' });
  await field.fill(prompt);
  await field.press('Enter');
}

/**
 * Waits until the panel shows the numbers of the command line, and fails if it never does. The two may have asked
 * in other company (one prompt or two), which changes the last digits of a float32 sum: 1e-6 is allowed, and more where
 * the two are on different devices.
 */
export async function expectNumbers(
  panel: FrameLocator,
  { prompt, similarity, components }: CommandLineResult,
  allowed = 1e-6,
) {
  const row = panel.getByRole('grid', { name: 'Prompts' }).getByRole('row').filter({ hasText: prompt });
  const rows = panel.getByRole('grid', { name: 'Components' }).getByRole('rowgroup').getByRole('row');
  await expect(async () => {
    const cosine = await row.getByTitle('Cosine').getAttribute('title', { timeout: 2000 });
    expect(Math.abs(numberIn(cosine!) - similarity)).toBeLessThan(allowed);
    const shown = await rows.evaluateAll((elements) =>
      elements.map((element) => {
        const title = (cell: string) => element.querySelector(cell)?.getAttribute('title') ?? '';
        return {
          latent: element.querySelector('.latent')?.textContent,
          attribution: title('.number'),
          activation: title('.number.activation'),
        };
      }),
    );
    expect(shown.map(({ latent }) => Number(latent))).toEqual(components.map(({ latent }) => latent));
    for (const [i, { attribution, activation }] of components.entries()) {
      expect(Math.abs(numberIn(shown[i]!.attribution) - attribution)).toBeLessThan(allowed);
      expect(Math.abs(numberIn(shown[i]!.activation) - activation)).toBeLessThan(
        Math.max(1e-4, 10 * allowed),
      );
    }
  }).toPass({ timeout: 90_000 });
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
      return { middle: box.left + box.width / 2, left: bar.left, width: bar.width };
    }),
  );
  const largest = Math.max(...components.map(({ attribution }) => Math.abs(attribution)));
  // The axis may reach further than the longest bar: to the largest effect that was measured.
  const longest = Math.max(...boxes.map(({ width }) => width));
  for (const [i, { attribution }] of components.entries()) {
    const { middle, left, width } = boxes[i]!;
    expect(Math.abs(width / longest - Math.abs(attribution) / largest)).toBeLessThan(0.05);
    expect(attribution > 0 ? left >= middle - 1.5 : left + width <= middle + 1.5).toBe(true);
  }
}

/** The number in a tooltip, whose minus is the typographic one. */
function numberIn(title: string): number {
  return Number.parseFloat(title.replace('\u2212', '-').replace(/^[^-\d]+/, ''));
}
