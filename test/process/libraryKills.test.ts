import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startIndex } from './fixtures/indexProcess';
import { contentOf, type Indexed, indexedIn, type LibraryContent } from './fixtures/libraryContent';
import { expectSame } from './fixtures/sameLibrary';
import { drawWorld } from './fixtures/worldFolder';

const nouns = ['wolf', 'cow', 'camera', 'rocket', 'hot dog', 'bat'] as const;
const perNoun = 16;
const total = nouns.length * perNoun;
/** Each takes about two seconds: a longer run is asked for by hand. */
const kills = Number(process.env.CLIPSIGHT_KILLS ?? 25);

const nothing: Indexed = { paths: new Set(), lacking: 0 };

let scratch: string;
let undisturbed: LibraryContent;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'clipsight-kills-'));
  await drawWorld(scratch, { nouns, perNoun, seed: 4, size: 64 });
  const run = start('undisturbed');
  expect((await run.ended).code).toBe(0);
  undisturbed = await contentOf(library('undisturbed'));
}, 120_000);

afterAll(() => rm(scratch, { recursive: true, force: true }));

const library = (name: string) => join(scratch, name, 'library.duckdb');
const start = (name: string) =>
  startIndex([join(scratch, 'images'), '--library', library(name)], {
    XDG_CACHE_HOME: join(scratch, 'cache'),
  });

it('is complete when nothing disturbs it', () => {
  expect(undisturbed.indexed).toHaveLength(total);
  expect(undisturbed.contributions.size).toBe(total);
  expect(new Set(undisturbed.facts).size).toBe(undisturbed.facts.length);
});

it(`loses nothing and doubles nothing, killed at ${kills} moments`, async () => {
  const random = generator(50);
  const moments: number[] = [];
  let [killed, round] = [0, 0];
  let known = nothing;
  let lost = 0;
  while (killed < kills) {
    const name = `round-${round}`;
    const run = start(name);
    // A third while it begins, before any picture; a third around its first commits; a third anywhere later.
    if (killed % 3 === 0) await wait(700 * random());
    else {
      await run.reached(
        killed % 3 === 1 ? 1 : Math.ceil(random() * (total - known.paths.size + known.lacking)),
      );
      await wait(100 * random());
    }
    run.signal('SIGKILL');
    const said = run.done;
    const { code } = await run.ended;
    if (code === null) {
      killed += 1;
      moments.push(said ?? -1);
    }
    const now = await indexedIn(library(name));
    // What was said to be done is in it, and so is all that was in it before, of which it did again what lost contributions.
    expect(now.paths.size).toBeGreaterThanOrEqual(known.paths.size + (said ?? 0) - known.lacking);
    expect([...known.paths].filter((path) => !now.paths.has(path))).toEqual([]);
    known = now;
    lost += now.lacking;
    if (now.paths.size < total && killed < kills) continue;
    // Once all is in, or at the end: finished, it is as if nothing had happened.
    expect((await start(name).ended).code).toBe(0);
    expectSame(await contentOf(library(name)), undisturbed);
    await expectTidy(name);
    round += 1;
    known = nothing;
  }
  // Contributions were lost again and again, and computed again.
  expect(lost).toBeGreaterThan(0);
  // It was killed before, during and after its commits.
  expect(moments.filter((done) => done === -1).length).toBeGreaterThan(5);
  expect(moments.filter((done) => done > 0).length).toBeGreaterThan(5);
}, 600_000);

/** What a killed process was writing is not left behind. */
async function expectTidy(name: string): Promise<void> {
  const files = await readdir(join(scratch, name), { recursive: true });
  expect(files.filter((file) => /tmp|partial|incomplete/.test(file))).toEqual([]);
}

/** Numbers from 0 to 1, always the same (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
