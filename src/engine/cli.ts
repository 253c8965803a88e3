import { homedir } from 'node:os';
import * as path from 'node:path';
import { version } from '../../package.json';
import { createSupervisor } from '../supervisor/engineSupervisor';
import { type AttributeCommand, parseArguments, usage } from './cli/arguments';
import { lineOf, type Output, runAttribute } from './cli/run';

/** Prints one line over the last, on a terminal only: what is piped on stays clean. */
function showProgress(done: number, total: number): void {
  if (process.stderr.isTTY && total > 1) process.stderr.write(`\r\u001B[2K${done} of ${total} images`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
}

function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'clipsight');
}

async function attribute(command: AttributeCommand): Promise<Output> {
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
    return await runAttribute(command, engine, controller.signal, showProgress);
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
        return await attribute(command);
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
