import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { PairAlignments } from '../../src/shared/comparison';
import { poorlyDescribed } from '../../src/shared/poorAlignment';
import { withTables } from '../faithfulness/document';
import { openGlyphs } from '../world/glyphs';
import type { Noun } from '../world/nouns';
import { demoWorld } from '../world/world';
import { contentsOf, demoPairs, freshPairs, type Strong } from './collect';
import { type DemoEngine, demoEngine } from './engine';
import { relations } from './relation';
import { type Counts, judges, type PairSet, Results, tables, texts, thresholds } from './results';

/** Measures the mark on the demo model and writes docs/beside-prompts.json and the tables of docs/method.md. */
const root = path.resolve(__dirname, '..');
const setNames = ['own', 'fresh', 'others'] as const;
const ways = judges.flatMap((judge) => texts.map((text) => ({ judge, text })));

async function main(): Promise<void> {
  const file = path.join(root, 'docs/beside-prompts.json');
  // With `--write-only` the tables are written again from what was measured before.
  if (!process.argv.includes('--write-only')) writeFileSync(file, `${JSON.stringify(await measured())}\n`);
  const results = Results.parse(JSON.parse(readFileSync(file, 'utf8')));
  const document = path.join(root, 'docs/method.md');
  writeFileSync(document, withTables(readFileSync(document, 'utf8'), tables(results)));
}

async function measured(): Promise<Results> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-marks-'));
  try {
    const engine = demoEngine(root);
    const glyphs = openGlyphs(path.join(root, 'tools/world/glyphs'));
    console.log('Finding out what components answer to …');
    const { tally, scenes } = await contentsOf(engine, glyphs);
    console.log('Attributing …');
    const demo = await demoPairs(engine, path.join(root, 'examples/demo'), tally);
    const fresh = await freshPairs(engine, demo.nouns, glyphs, tally);
    const strong = [...demo.pairs, ...fresh.pairs];
    console.log('Aligning …');
    const whole = path.join(scratch, 'whole.duckdb');
    await engine.index(whole, null);
    const aligned = await alignAll(engine, whole, strong);
    const against = strong.filter((one) => one.rank === 0 && one.against !== null);
    const pairs = against.map(({ against: component, prompt }) => ({ component: component!, text: prompt }));
    const marked = (await engine.align(whole, 'emoji-judge', pairs)).map(poorlyDescribed);
    const ofSet = (name: string) => against.filter(({ set }, i) => set === name && marked[i]).length;
    return {
      images: { library: demo.images, neutral: scenes, fresh: fresh.images },
      sets: setNames.flatMap((name) =>
        [1, 5].map((most) => pairSet(name, most, strong, aligned, ofSet(name))),
      ),
      leftOut: await leftOut(engine, fresh.pairs, whole, scratch),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

type Aligned = readonly {
  readonly judge: string;
  readonly text: string;
  readonly found: PairAlignments['pairs'];
}[];

async function alignAll(engine: DemoEngine, library: string, strong: readonly Strong[]): Promise<Aligned> {
  const all = [];
  for (const { judge, text } of ways) {
    const pairs = strong.map(({ component, prompt }) => ({
      component,
      text: text === 'prompt' ? prompt : nameIn(prompt),
    }));
    all.push({ judge, text, found: await engine.align(library, judge, pairs) });
  }
  return all;
}

function nameIn(prompt: string): string {
  return prompt.replace(/^a photo of /, '').replace(/^an? /, '');
}

function pairSet(
  name: PairSet['name'],
  most: number,
  strong: readonly Strong[],
  aligned: Aligned,
  againstMarked: number,
): PairSet {
  const here = [...strong.keys()].filter((i) => strong[i]!.set === name && strong[i]!.rank < most);
  const first = here.filter((i) => strong[i]!.rank === 0);
  const counted = (is: (i: number) => boolean): Counts =>
    Object.fromEntries(
      relations.map((one) => [one, here.filter((i) => strong[i]!.relation === one && is(i)).length]),
    ) as Counts;
  return {
    name,
    strongest: most,
    pairs: first.length,
    against: first.filter((i) => strong[i]!.against !== null).length,
    againstMarked,
    all: counted(() => true),
    rules: ways.flatMap(({ judge, text }) => {
      const { found } = aligned.find((one) => one.judge === judge && one.text === text)!;
      return thresholds.map((threshold) => ({
        judge,
        text,
        threshold,
        marked: counted((i) => (found[i]?.better ?? 0) > threshold),
      }));
    }),
  };
}

async function leftOut(
  engine: DemoEngine,
  strong: readonly Strong[],
  whole: string,
  scratch: string,
): Promise<Results['leftOut']> {
  const relation = ['shortcut', 'said'] as const;
  const rows = ways.flatMap((way) =>
    relation.map((of) => ({ ...way, of, with: [] as number[], without: [] as number[], unknown: 0 })),
  );
  for (const noun of Object.keys(demoWorld.shortcuts) as Noun[]) {
    const here = strong.filter(({ said }) => said.nouns.includes(noun));
    const library = path.join(scratch, `${noun}.duckdb`);
    await engine.index(library, noun);
    const [before, after] = [await alignAll(engine, whole, here), await alignAll(engine, library, here)];
    for (const row of rows) {
      const of = (all: Aligned) => all.find((one) => one.judge === row.judge && one.text === row.text)!.found;
      here.forEach((pair, i) => {
        if (pair.relation !== row.of) return;
        const [then, now] = [of(before)[i], of(after)[i]];
        if (then === null || then === undefined || now === null || now === undefined) row.unknown += 1;
        else {
          row.with.push(then.better);
          row.without.push(now.better);
        }
      });
    }
  }
  return rows.map(({ judge, text, of, with: before, without, unknown }) => ({
    judge,
    text,
    relation: of,
    pairs: before.length + unknown,
    unknown,
    whole: median(before),
    without: median(without),
  }));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

void main();
