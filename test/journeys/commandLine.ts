import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface CommandLineResult {
  readonly image: string;
  readonly prompt: string;
  readonly similarity: number;
  readonly components: readonly {
    readonly latent: number;
    readonly attribution: number;
    readonly activation: number;
  }[];
}

/** What the command line says of a workspace's images: the other door to the same engine. */
export function commandLineResults(
  workspace: string,
  images: readonly string[],
  prompts: readonly string[],
): readonly CommandLineResult[] {
  const args = [
    join(__dirname, '../../dist/cli.js'),
    'attribute',
    ...images,
    ...prompts.flatMap((prompt) => ['--prompt', prompt]),
    '--json',
  ];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: workspace, encoding: 'utf8' })).results;
}
