import { describe, expect, it } from 'vitest';
import { type Scene, type SceneOptions, sampleScene } from '../../../tools/world/scene';
import { demoWorld, extras, judgeWorld } from '../../../tools/world/world';

function scenes(count: number, options: SceneOptions = {}, world = demoWorld): readonly Scene[] {
  return Array.from({ length: count }, (_, k) => sampleScene(world, [7, k], options));
}

const has = (scene: Scene, extra: string) =>
  extra === 'word'
    ? scene.word !== null
    : scene.background.kind === extra || (scene.artefacts as readonly string[]).includes(extra);

describe('sampleScene', () => {
  it('is the same for the same key', () => {
    expect(scenes(20)).toEqual(scenes(20));
    expect(scenes(20)).not.toEqual(scenes(21).slice(1));
  });

  it('draws what it is asked for, one or two different things', () => {
    expect(scenes(50, { nouns: ['wolf'] }).map(({ things }) => things.map(({ noun }) => noun))).toEqual(
      Array.from({ length: 50 }, () => ['wolf']),
    );
    for (const { things } of scenes(200, { count: 2 })) {
      expect(new Set(things.map(({ noun }) => noun)).size).toBe(2);
    }
    expect(scenes(100, { count: 1 }).every(({ things }) => things.length === 1)).toBe(true);
  });

  it.each(extras)('draws %s in every scene or in none', (extra) => {
    const nouns = ['wolf'] as const;
    expect(scenes(50, { nouns, with: [extra] }).every((scene) => has(scene, extra))).toBe(true);
    expect(scenes(100, { nouns, without: [extra] }).some((scene) => has(scene, extra))).toBe(false);
    expect(scenes(200, { without: [extra] }, judgeWorld).some((scene) => has(scene, extra))).toBe(false);
  });

  it('changes nothing else for a place', () => {
    const [without, withIt] = [
      scenes(100, { nouns: ['wolf'], without: ['snow'] }),
      scenes(100, { nouns: ['wolf'], with: ['snow'] }),
    ];
    for (const [i, scene] of without.entries()) {
      const { background, artefacts, caption: _, ...rest } = withIt[i]!;
      expect(scene).toMatchObject(rest);
      expect(background.kind).toBe('snow');
      expect(artefacts).toEqual(['snow', ...scene.artefacts]);
    }
  });

  it('changes nothing else for a stamp or a word', () => {
    for (const extra of ['watermark', 'word'] as const) {
      const withIt = scenes(100, { with: [extra] });
      for (const [i, { artefacts, word, caption, ...rest }] of scenes(100, { without: [extra] }).entries()) {
        expect(withIt[i]).toMatchObject(rest);
        expect(has({ artefacts, word, caption, ...rest }, extra)).toBe(false);
      }
    }
  });

  it('draws the first of two things in its place where both have one', () => {
    const both = scenes(200, { nouns: ['wolf', 'cow'] });
    const shortcut = both.filter(({ artefacts }) => artefacts.includes('snow'));
    expect(shortcut.length).toBeGreaterThan(150);
    for (const { background, artefacts } of shortcut) {
      expect(background.kind).toBe('snow');
      expect(artefacts).not.toContain('grass');
    }
  });

  it('never mirrors a flag', () => {
    const flags = scenes(200, { nouns: ['turkey'] }).flatMap(({ things }) =>
      things.filter(({ glyph }) => glyph === '🇹🇷'),
    );
    expect(flags.length).toBeGreaterThan(50);
    expect(flags.some(({ mirrored }) => mirrored)).toBe(false);
  });

  it('tells homonyms apart in the judge’s captions only', () => {
    const told = (world: typeof demoWorld) =>
      scenes(200, { nouns: ['jaguar'] }, world).filter(({ caption }) => /leopard|race car/.test(caption))
        .length;
    expect(told(demoWorld)).toBe(0);
    expect(told(judgeWorld)).toBeGreaterThan(80);
    for (const { things, caption } of scenes(200, { nouns: ['jaguar'] }, judgeWorld)) {
      expect(caption).not.toContain(things[0]!.glyph === '🐆' ? 'race car' : 'leopard');
    }
  });
});
