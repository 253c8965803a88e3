import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import * as z from 'zod';
import { median } from './measure';
import type { Row } from './results';
import { atMost, row, rowBeside, time } from './rows';

const Activations = z.array(z.object({ load: z.number(), activate: z.number(), firstCommand: z.number() }));

/** The activation in VS Code, in milliseconds. */
export interface StartingFigures {
  /** As VS Code counts it: its bundle loaded, and `activate` called. */
  readonly activation: number;
  /** The first command of a window, which has the features loaded. */
  readonly firstCommand: number;
}

export function measureStarting(root: string, rounds: number): StartingFigures {
  const script = path.join(root, 'scripts/vscode-web/activation.mjs');
  const printed = execFileSync(process.execPath, [script, String(rounds)], { encoding: 'utf8' });
  const activations = Activations.parse(JSON.parse(printed));
  return {
    activation: median(activations.map(({ load, activate }) => load + activate)),
    firstCommand: median(activations.map(({ firstCommand }) => firstCommand)),
  };
}

export function startingRows({ activation, firstCommand }: StartingFigures): Row[] {
  return [
    rowBeside('activation', time(activation), { what: 'allowed', measured: time(50) }, atMost(1)),
    row('the first command of a window, its features loaded', time(firstCommand)),
  ];
}
