import { homedir } from 'node:os';
import * as path from 'node:path';
import { performance } from 'node:perf_hooks';
import { version } from '../../package.json';
import type { CallOptions, Progress } from '../shared/rpc/protocol';
import { createSupervisor, type EngineSupervisor } from '../supervisor/engineSupervisor';
import { runAblate } from './cli/ablate';
import { type Command, parseArguments } from './cli/arguments';
import { runAudit } from './cli/audit';
import { runCompare } from './cli/compare';
import { runLatent, runSearch } from './cli/components';
import { type DeviceChoice, deviceChoice } from './cli/deviceChoice';
import { runFaithfulness } from './cli/faithfulness';
import { runIndex } from './cli/indexing';
import { runMatch } from './cli/match';
import { lineOf, type Output } from './cli/output';
import { createPace } from './cli/pace';
import { runProbe } from './cli/probe';
import { progressText } from './cli/progress';
import { runPrompts } from './cli/prompts';
import { runAttribute, runDownload, runExport, runInspect } from './cli/run';
import { runImport, runShard } from './cli/shards';
import { usage } from './cli/usage';
import { runWords } from './cli/words';

/** Prints one line over the last, on a terminal only: what is piped on stays clean, unless lines are asked for. */
function progressPrinter(lines: boolean): (progress: Progress) => void {
  const pace = createPace(() => performance.now());
  return (progress) => {
    const text = progressText(progress, pace.after(progress));
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${text}`);
    else if (lines) process.stderr.write(`${text}\n`);
  };
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
}

function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'clipsight');
}

async function withEngine(
  choice: DeviceChoice,
  run: (engine: EngineSupervisor, options: CallOptions) => Promise<Output>,
  { progressLines = false } = {},
): Promise<Output> {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  const engine = createSupervisor({
    entry: path.join(__dirname, 'engine.js'),
    cacheFolder: cacheFolder(),
    args: ['--device', choice.device, '--precision', choice.precision],
    log: (line) => {
      if (process.env.CLIPSIGHT_LOG !== undefined) process.stderr.write(`${line}\n`);
    },
  });
  try {
    const onProgress = progressPrinter(progressLines);
    return await run(engine, { signal: controller.signal, onProgress });
  } finally {
    clearProgress();
    await engine.stop();
  }
}

async function run(command: Command, choice: DeviceChoice): Promise<Output> {
  switch (command.kind) {
    case 'help':
      return { stdout: usage, stderr: '', exitCode: 0 };
    case 'version':
      return { stdout: `${version}\n`, stderr: '', exitCode: 0 };
    case 'attribute':
      return withEngine(choice, (engine, options) => runAttribute(command, engine, options));
    case 'compare':
      return withEngine(choice, (engine, options) => runCompare(command, engine, options));
    case 'faithfulness':
      return withEngine(choice, (engine, options) => runFaithfulness(command, engine, options));
    case 'words':
      return withEngine(choice, (engine, options) => runWords(command, engine, options));
    case 'inspect':
      return withEngine(choice, (engine, options) => runInspect(command, engine, options));
    case 'download':
      return withEngine(choice, (engine, options) => runDownload(command, engine, options));
    case 'export':
      return withEngine(choice, (engine, options) => runExport(command, engine, options));
    case 'index':
      return withEngine(choice, (engine, options) => runIndex(command, engine, options), {
        progressLines: command.progress,
      });
    case 'latent':
      return withEngine(choice, (engine, options) => runLatent(command, engine, options));
    case 'search':
      return withEngine(choice, (engine, options) => runSearch(command, engine, options));
    case 'match':
      return withEngine(choice, (engine, options) => runMatch(command, engine, options));
    case 'ablate':
      return withEngine(choice, (engine, options) => runAblate(command, engine, options));
    case 'audit':
      return withEngine(choice, (engine, options) => runAudit(command, engine, options));
    case 'fit-probe':
    case 'show-probe':
      return withEngine(choice, (engine, options) => runProbe(command, engine, options));
    case 'prompts':
      return runPrompts(command);
    case 'shard':
      return withEngine(choice, (engine, options) => runShard(command, engine, options));
    case 'import':
      return withEngine(choice, (engine, options) => runImport(command, engine, options));
  }
}

/** Of `index` 2 means that some files failed: what failed altogether is told from it, and from the commands beside it. */
const ofLibraries = ['index', 'latent', 'search', 'match', 'import'];

async function main(argv: readonly string[]): Promise<Output> {
  const shard = argv[0] === 'export' && argv.some((argument) => argument.startsWith('--parquet'));
  try {
    return await run(parseArguments(argv), deviceChoice(argv));
  } catch (thrown) {
    const exitCode = shard || ofLibraries.includes(argv[0] ?? '') ? 1 : 2;
    return { stdout: '', stderr: lineOf(thrown), exitCode };
  }
}

/** Who reads may stop before the end (`| head`): the rest is for nobody, and that is no failure. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

void main(process.argv.slice(2)).then(({ stdout, stderr, exitCode }) => {
  process.stdout.write(stdout);
  if (stderr !== '') process.stderr.write(`${stderr.replaceAll('\n', ' ')}\n`);
  process.exitCode = exitCode;
});
