import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import * as path from 'node:path';
import { errorLine, toErrorInfo } from '../../src/shared/errors';
import { withTables } from '../faithfulness/document';
import { openGlyphs } from '../world/glyphs';
import { nouns } from '../world/nouns';
import { type Arguments, parseArguments, usage } from './arguments';
import { benchAudit } from './audited';
import { labelsBy } from './labels';
import { openBenchEngine } from './library';
import { nullRuns } from './nullRuns';
import { openObserver } from './observer';
import { nounsWithWords, plantedIn, withWords } from './planted';
import { benchProbe, chooseSplits } from './probes';
import { type ProbeResult, Results } from './results';
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
    const results = await run(asked);
    if (results === null) return;
    writeJson(asked.out ?? kept, results);
    process.stdout.write(summary(results));
  }
  if (asked.out !== null) return;
  const results = Results.parse(JSON.parse(readFileSync(kept, 'utf8')));
  const document = path.join(root, 'docs/audit.md');
  writeFileSync(document, withTables(readFileSync(document, 'utf8'), tables(results)));
}

/** Null where only the ground truth is asked for. */
async function run(asked: Arguments): Promise<Results | null> {
  const model = asked.model ?? path.join(root, 'models/emoji-clip');
  const dictionary = asked.dictionary ?? path.join(root, 'models/sae-cls');
  const judge = asked.judge ?? path.join(root, 'models/emoji-judge');
  const glyphs = openGlyphs(path.join(root, 'tools/world/glyphs'));
  const scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-audit-bench-'));
  const say = sayer();
  let scenes = 0;
  const observer = await openObserver({
    root,
    model,
    dictionary,
    glyphs,
    size: asked.size,
    cache: asked.cache,
    report: (seen) => {
      if (Math.floor(seen / 2000) > Math.floor(scenes / 2000)) say(`${seen} scenes drawn and seen`);
      scenes = seen;
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
      return null;
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
    const audited = asked.only.includes('audit')
      ? await benchAudit(
          setup,
          { nouns, perNoun: { ofInterest: asked.perPlanted, others: asked.perNoun }, words },
          truth,
          labels,
        )
      : null;
    const nulls = asked.only.includes('null')
      ? await nullRuns(
          setup,
          { runs: asked.nullRuns, nouns: asked.nullNouns, perNoun: asked.perNoun },
          labels,
        )
      : null;
    const probes: ProbeResult[] = [];
    for (const [i, split] of (asked.only.includes('probe')
      ? chooseSplits(asked.world, asked.seed)
      : []
    ).entries()) {
      say(`Probe: ${split.noun} with ${split.artefact} …`);
      probes.push(await benchProbe(setup, split, truth, i));
    }
    return {
      machine: machine(),
      seed: asked.seed,
      size: asked.size,
      world: asked.worldName,
      model: path.basename(model),
      dictionary: path.basename(dictionary),
      judge: path.basename(judge),
      audit: audited === null ? null : { ...audited, scenes },
      null: nulls,
      probes: asked.only.includes('probe') ? probes : null,
    };
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
