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

const root = join(__dirname, '../..');

/** The folder of a model or a dictionary that comes with the extension. */
export function bundled(name: string): string {
  return join(root, 'models', name);
}

/**
 * What the command line says of a workspace's images: the other door to the same engine.
 * @param study options that choose model and dictionary; see `bundled`
 */
export function commandLineResults(
  workspace: string,
  images: readonly string[],
  prompts: readonly string[],
  study: readonly string[] = [],
): readonly CommandLineResult[] {
  const asked = prompts.flatMap((prompt) => ['--prompt', prompt]);
  return (clipsight(workspace, ['attribute', ...images, ...asked, ...study]) as AttributeJson).results;
}

interface AttributeJson {
  readonly results: readonly CommandLineResult[];
}

/** What a command of the command line says as JSON. */
export function clipsight(workspace: string, args: readonly string[]): unknown {
  const argv = [join(root, 'dist/cli.js'), ...args, '--json'];
  return JSON.parse(execFileSync(process.execPath, argv, { cwd: workspace, encoding: 'utf8' }));
}
