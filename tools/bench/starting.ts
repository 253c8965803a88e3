import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import * as z from 'zod';
import { median } from './measure';
import { measureProcess } from './process';
import type { BenchModel } from './randomClip';

const Activations = z.array(z.object({ load: z.number(), activate: z.number(), firstCommand: z.number() }));

/** Milliseconds, medians. */
export interface StartingFigures {
  /** As VS Code counts them: its bundle loaded, and `activate` called. */
  readonly activation: number;
  /** The first command of a window, which has the features loaded. */
  readonly firstCommand: number;
  /** From nothing to the first attribution, with the file in the page cache and its hash known. */
  readonly first: { readonly demo: number; readonly large: number };
}

/** The activation in VS Code, and the first attribution of an engine that the supervisor starts. */
export async function measureStarting(
  root: string,
  large: BenchModel,
  rounds: number,
): Promise<StartingFigures> {
  const script = path.join(root, 'scripts/vscode-web/activation.mjs');
  const printed = execFileSync(process.execPath, [script, String(rounds)], { encoding: 'utf8' });
  const activations = Activations.parse(JSON.parse(printed));
  const { start, first } = await measureProcess(root, large, rounds);
  return {
    activation: median(activations.map(({ load, activate }) => load + activate)),
    firstCommand: median(activations.map(({ firstCommand }) => firstCommand)),
    first: { demo: start + first.demo, large: start + first.large },
  };
}
