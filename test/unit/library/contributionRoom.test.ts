import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesPerContribution, contributionRoom, roomOf } from '../../../src/engine/library/contributionRoom';
import { isNeeded, pictureNeeds } from '../../../src/engine/library/pictureNeeds';
import { studyInfo } from '../fixtures';

describe('room for contributions', () => {
  it('goes to whoever asks first and fits in', () => {
    const room = roomOf(10, 1);
    expect(room.take('a', 6)).toBe(true);
    expect(room.take('b', 5)).toBe(false);
    expect(room.take('c', 4)).toBe(true);
    expect(room.take('d', 1)).toBe(false);
    expect(room.take('silent', 0)).toBe(true);
  });

  it('is set aside for those that are to be computed, but only from others that are', () => {
    const room = roomOf(10, 1);
    expect([room.reserve('a', 6), room.reserve('b', 5), room.reserve('c', 4)]).toEqual([true, false, true]);
    // Asked again, as a picture is when its file is read.
    expect(room.reserve('a', 6)).toBe(true);
    // A new picture that comes before them has it first.
    expect(room.take('new', 5)).toBe(true);
    expect([room.take('a', 6), room.take('c', 4)]).toEqual([false, true]);
    expect(room.reserve('d', 1)).toBe(true);
    expect(room.reserve('e', 1)).toBe(false);
  });

  it('counts what is kept by its vectors, and what belongs to no picture by its bytes', async () => {
    const info = studyInfo();
    const each = bytesPerContribution(info.model.embeddingSize);
    const room = await contributionRoom(
      { contributionSize: async () => ({ bytes: 1, dead: 3 * each, pictures: 1, vectors: 4 }) },
      { info, embedder: { key: 'model', info: info.model } },
      { most: 9 * each },
    );
    expect([room.take('a', 3), room.take('b', 2)]).toEqual([false, true]);
  });

  it('leaves the same pictures kept, wherever runs were killed', () => {
    const pictures = fc.array(fc.nat({ max: 9 }), { maxLength: 30 });
    /** How many pictures each killed run came to commit, and how many of those that it kept to write. */
    const kills = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 })), { maxLength: 4 });
    fc.assert(
      fc.property(pictures, fc.nat({ max: 100 }), kills, (sizes, most, killed) => {
        let [committed, kept] = [0, new Set<number>()];
        const run = (commits: number, writes: number) => {
          const cost = [...kept].reduce((sum, at) => sum + sizes[at]!, 0);
          const room = roomOf(most - cost, 1);
          const again = [...sizes.keys()].filter(
            (at) => at < committed && !kept.has(at) && sizes[at]! > 0 && room.reserve(String(at), sizes[at]!),
          );
          const fresh = [...sizes.keys()].slice(committed);
          const done = [...again, ...fresh].slice(0, commits);
          const taken = done.filter((at) => room.take(String(at), sizes[at]!));
          committed += done.filter((at) => at >= committed).length;
          kept = new Set([...kept, ...taken.slice(0, writes).filter((at) => sizes[at]! > 0)]);
          return again.length;
        };
        const all = sizes.length * 2;
        run(all, all);
        const undisturbed = kept;
        [committed, kept] = [0, new Set()];
        for (const [commits, writes] of killed) run(commits, writes);
        run(all, all);
        expect([...kept].toSorted()).toEqual([...undisturbed].toSorted());
        expect(run(all, all)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what pictures need', () => {
  const library = {
    lacking: async (sha256: readonly string[]) => ({
      codes: new Set(sha256.filter((one) => one === 'new')),
      embeddings: [new Set(sha256.filter((one) => one === 'new')), new Set(['unjudged'])],
    }),
    asked: [] as (readonly string[])[],
    async lackingContributions(_study: string, sha256: readonly string[]) {
      this.asked.push(sha256);
      return new Map(sha256.flatMap((one) => (one.startsWith('lost') ? [[one, 4] as const] : [])));
    },
  };
  const keys = { study: 'study', model: 'model', judge: 'judge' };
  const all = ['new', 'whole', 'unjudged', 'lost 1', 'lost 2'];

  it('is their codes again where contributions are lacking and there is room', async () => {
    const needs = await pictureNeeds(library, { ...keys, room: roomOf(7, 1) })(all);
    expect(all.filter((_, i) => needs[i]!.codes)).toEqual(['new', 'lost 1']);
    expect(all.filter((_, i) => isNeeded(needs[i]!))).toEqual(['new', 'unjudged', 'lost 1']);
    // Those that have no codes need everything as it is.
    expect(library.asked).toEqual([all.slice(1)]);
  });

  it('is nothing of them where none are computed', async () => {
    const needs = await pictureNeeds(library, { ...keys, room: null })(all);
    expect(all.filter((_, i) => needs[i]!.codes)).toEqual(['new']);
  });
});
