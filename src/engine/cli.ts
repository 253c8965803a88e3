import { homedir } from 'node:os';
import * as path from 'node:path';
import { version } from '../../package.json';
import type { CallOptions, Progress } from '../shared/rpc/protocol';
import { createSupervisor, type EngineSupervisor } from '../supervisor/engineSupervisor';
import { parseArguments, usage } from './cli/arguments';
import { progressText } from './cli/progress';
import { lineOf, type Output, runAttribute, runDownload, runExport, runInspect } from './cli/run';

/** Prints one line over the last, on a terminal only: what is piped on stays clean. */
function showProgress(progress: Progress): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${progressText(progress)}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
}

function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'clipsight');
}

async function withEngine(
  run: (engine: EngineSupervisor, options: CallOptions) => Promise<Output>,
): Promise<Output> {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  const engine = createSupervisor({
    entry: path.join(__dirname, 'engine.js'),
    args: ['--cache-folder', cacheFolder()],
    log: (line) => {
      if (process.env.CLIPSIGHT_LOG !== undefined) process.stderr.write(`${line}\n`);
    },
  });
  try {
    return await run(engine, { signal: controller.signal, onProgress: showProgress });
  } finally {
    clearProgress();
    await engine.stop();
  }
}

async function main(): Promise<Output> {
  try {
    const command = parseArguments(process.argv.slice(2));
    switch (command.kind) {
      case 'help':
        return { stdout: usage, stderr: '', exitCode: 0 };
      case 'version':
        return { stdout: `${version}\n`, stderr: '', exitCode: 0 };
      case 'attribute':
        return await withEngine((engine, options) => runAttribute(command, engine, options));
      case 'inspect':
        return await withEngine((engine, options) => runInspect(command, engine, options));
      case 'download':
        return await withEngine((engine, options) => runDownload(command, engine, options));
      case 'export':
        return await withEngine((engine, options) => runExport(command, engine, options));
    }
  } catch (thrown) {
    return { stdout: '', stderr: lineOf(thrown), exitCode: 2 };
  }
}

void main().then(({ stdout, stderr, exitCode }) => {
  process.stdout.write(stdout);
  if (stderr !== '') process.stderr.write(`${stderr.replaceAll('\n', ' ')}\n`);
  process.exitCode = exitCode;
});
