import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { withTables } from '../faithfulness/document';
import { type Arguments, parseArguments, usage } from './arguments';
import { benchDevice } from './device';
import { machine } from './machine';
import { findPython, startReference } from './reference';
import { isWithin, Results, withSectionsOf } from './results';
import { type Bench, sectionsOf } from './sections';
import { machineLine, sectionText, tables } from './tables';

/** Speed and memory, as ratios within one run on the same work: `npm run bench -- --help`. */
const root = path.resolve(__dirname, '..');
const kept = path.join(root, 'docs/bench.json');

async function main(): Promise<void> {
  const asked = parseArguments(process.argv.slice(2));
  if (asked === null) {
    process.stdout.write(usage);
    return;
  }
  if (!asked.writeOnly) {
    const results = await measure(asked);
    if (!results.sections.every(({ rows }) => rows.every(isWithin))) process.exitCode = 1;
    if (asked.out !== null) save(path.resolve(asked.out), results);
    if (asked.write) save(kept, results);
  }
  if (!asked.write && !asked.writeOnly) return;
  const document = path.join(root, 'docs/performance.md');
  writeFileSync(document, withTables(readFileSync(document, 'utf8'), tables(read(kept)!)));
}

async function measure(asked: Arguments): Promise<Results> {
  if (!existsSync(path.join(root, 'dist/engine.js')))
    throw new Error('dist/engine.js is missing: npm run build');
  const under = mkdtempSync(path.join(tmpdir(), 'clipsight-bench-'));
  const python = asked.pytorch ? findPython() : null;
  const startPytorch = python === null ? null : () => startReference(root, python, asked.device !== 'cpu');
  const reference = startPytorch === null ? null : await startPytorch();
  try {
    const sections = [];
    for (const device of asked.device === 'cpu' ? ['cpu' as const] : ['cpu' as const, asked.device]) {
      const bench: Bench = {
        root,
        under,
        device: benchDevice(device, asked.threads),
        reference,
        startPytorch,
      };
      for await (const section of sectionsOf(asked, bench)) {
        process.stdout.write(`\n${sectionText(section)}\n\n`);
        sections.push(section);
      }
    }
    const results = { machine: machine(root, asked, reference), sections };
    process.stdout.write(`${machineLine(results.machine)}\n`);
    return results;
  } finally {
    await reference?.stop();
    rmSync(under, { recursive: true, force: true });
  }
}

function read(file: string): Results | null {
  return existsSync(file) ? Results.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

function save(file: string, results: Results): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(withSectionsOf(read(file), results), null, 1)}\n`);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
