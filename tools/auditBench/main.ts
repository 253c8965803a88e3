import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import * as path from 'node:path';
import { errorLine, toErrorInfo } from '../../src/shared/errors';
import { withTables } from '../faithfulness/document';
import { openGlyphs } from '../world/glyphs';
import { nouns } from '../world/nouns';
import { type Arguments, parseArguments, usage } from './arguments';
import { type AuditedWorld, auditedLibrary, benchAudit } from './audited';
import { labelsBy } from './labels';
import { openBenchEngine } from './library';
import { nullRuns } from './nullRuns';
import { openObserver } from './observer';
import { nounsWithWords, plantedIn, withWords } from './planted';
import { benchProbes } from './probes';
import { Results } from './results';
import { counts, type Setup } from './setup';
import { summary } from './summary';
import { tables } from './tables';
import { allThings } from './things';
import { measureTruth } from './truth';

const root = path.resolve(__dirname, '..');
const kept = path.join(root, 'docs/audit-bench.json');

async function main(): Promise<void> {
  const asked = parseArguments(process.argv.slice(2));
  if (asked === null) {
    process.stdout.write(usage);
    return;
  }
  if (!asked.writeOnly) {
    const to = asked.out ?? kept;
    const done = await run(asked, (results) => writeJson(to, withPartsOf(to, results)));
    if (!done) return;
    process.stdout.write(summary(Results.parse(JSON.parse(readFileSync(to, 'utf8')))));
  }
  if (asked.out !== null) return;
  const results = Results.parse(JSON.parse(readFileSync(kept, 'utf8')));
  const document = path.join(root, 'docs/audit.md');
  writeFileSync(document, withTables(readFileSync(document, 'utf8'), tables(results)));
}

/** Parts that were not measured stay as an earlier run under the same conditions left them. */
function withPartsOf(file: string, results: Results): Results {
  if (!existsSync(file)) return results;
  const before = Results.parse(JSON.parse(readFileSync(file, 'utf8')));
  const conditions = ({ seed, size, world, model, dictionary, judge }: Results) =>
    JSON.stringify([seed, size, world, model, dictionary, judge]);
  if (conditions(before) !== conditions(results)) return results;
  return {
    ...results,
    audit: results.audit ?? before.audit,
    null: results.null ?? before.null,
    probes: results.probes ?? before.probes,
  };
}

/** False where only the ground truth is asked for. `save` is called whenever there is more. */
async function run(asked: Arguments, save: (results: Results) => void): Promise<boolean> {
  const model = asked.model ?? path.join(root, 'models/emoji-clip');
  const dictionary = asked.dictionary ?? path.join(root, 'models/sae-cls');
  const judge = asked.judge ?? path.join(root, 'models/emoji-judge');
  const glyphs = openGlyphs(path.join(root, 'tools/world/glyphs'));
  const scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-audit-bench-'));
  const say = sayer();
  const observer = await openObserver({
    root,
    model,
    dictionary,
    glyphs,
    size: asked.size,
    cache: asked.cache,
    report: (seen) => {
      if (seen % 2000 < 32) say(`${seen} scenes drawn and seen`);
    },
  });
  try {
    const words = nounsWithWords(asked.world, asked.seed, asked.words);
    const world = withWords(asked.world, words);
    say('Ground truth …');
    const truth = await measureTruth(
      {
        seed: asked.seed,
        amount: asked.amount,
        nouns,
        planted: plantedIn(world, nouns),
        things: allThings().filter(
          (thing) => thing.kind !== 'word' || thing.noun === null || world.words?.[thing.noun] !== undefined,
        ),
        counts,
      },
      observer,
    );
    if (asked.truthOnly) {
      writeJson(asked.out!, truth);
      return false;
    }
    const labels = labelsBy(truth, counts.ofNoun, observer);
    const setup: Setup = {
      world,
      seed: asked.seed,
      size: asked.size,
      glyphs,
      observer,
      engine: openBenchEngine({ root, model, dictionary, judge }),
      scratch,
      kept: asked.cache ?? scratch,
      audit: {
        margin: asked.margin,
        level: asked.level,
        nuisances: [...asked.nuisances],
        confirm: false,
      },
      say,
    };
    const conditions = {
      machine: machine(),
      seed: asked.seed,
      size: asked.size,
      world: asked.worldName,
      model: path.basename(model),
      dictionary: path.basename(dictionary),
      judge: path.basename(judge),
    };
    const of: AuditedWorld = {
      nouns,
      perNoun: { ofInterest: asked.perPlanted, others: asked.perNoun },
      words,
    };
    const nothing = { audit: null, null: null, probes: null };
    if (asked.only.includes('audit')) {
      for await (const soFar of benchAudit(setup, of, truth, labels)) {
        save({ ...conditions, ...nothing, audit: { ...soFar, scenes: observer.seen() } });
      }
    }
    if (asked.only.includes('probe')) {
      const library = await auditedLibrary(setup, of);
      save({ ...conditions, ...nothing, probes: await benchProbes(setup, asked.splits, library, truth) });
    }
    if (asked.only.includes('null')) {
      const { nullRuns: runs, nullNouns, perNoun } = asked;
      for await (const soFar of nullRuns(setup, { runs, nouns: nullNouns, perNoun }, labels)) {
        save({ ...conditions, ...nothing, null: soFar });
      }
    }
    return true;
  } finally {
    await observer.release();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function sayer(): (line: string) => void {
  const started = performance.now();
  return (line) => {
    process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}\n`);
  };
}

function machine(): string {
  const processors = cpus();
  return `${processors[0]?.model ?? 'unknown processor'}, ${processors.length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}

function writeJson(file: string, content: unknown): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content)}\n`);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${errorLine(toErrorInfo(thrown))}\n`);
  process.exitCode = 1;
});
