import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, it } from 'vitest';
import type { PromptContent } from '../../../../../src/extension/prompts/hover/hoverContent';
import { imageHoverMarkdown } from '../../../../../src/extension/prompts/hover/imageMarkdown';
import { pictureTheme } from '../../../../../src/extension/prompts/hover/pictureTheme';
import { longestHover, promptMarkdown } from '../../../../../src/extension/prompts/hover/promptMarkdown';
import { component, promptContent } from './fixtures';

const theme = pictureTheme('light');
const markdownOf = (content: PromptContent) => promptMarkdown(content, theme).markdown;

type Node = ReturnType<typeof fromMarkdown> | ReturnType<typeof fromMarkdown>['children'][number];

function nodes(markdown: string): Node[] {
  const all: Node[] = [];
  const visit = (node: Node) => {
    all.push(node);
    if ('children' in node) for (const child of node.children) visit(child as Node);
  };
  visit(fromMarkdown(markdown));
  return all;
}

const linksOf = (markdown: string) => linksIn(nodes(markdown));

const linksIn = (all: readonly Node[]) =>
  all.flatMap((node) => ((node.type as string) === 'link' ? [(node as unknown as { url: string }).url] : []));

/** What is read: text, and what pictures say in words. */
function readable(markdown: string): string {
  const read = (node: Node): string => {
    switch (node.type as string) {
      case 'text':
        return (node as unknown as { value: string }).value;
      case 'image':
        return `[${(node as unknown as { alt: string }).alt}]`;
      case 'break':
        return '\n';
      case 'paragraph':
        return `${(node as unknown as { children: Node[] }).children.map(read).join('')}\n`;
      default:
        return 'children' in node ? (node.children as Node[]).map(read).join('') : `<${node.type}>`;
    }
  };
  return read(fromMarkdown(markdown)).replace(/[\u2068\u2069]/g, '');
}

/** What a link calls its command with. */
function argumentOf(url: string): unknown {
  const query = url.slice(url.indexOf('?') + 1);
  return JSON.parse(decodeURIComponent(query))[0];
}

describe('a hover over a prompt', () => {
  it('says what is known, in order', () => {
    expect(readable(markdownOf(promptContent()))).toMatchInlineSnapshot(`
      "“a photo of a wolf.”
      [photos/wolf_03.png] 27.31 points · 84.2 % among the 3 prompts of prompts · on photos/wolf_03.png
      [Components: wolf (482) +9.21 points, 31.2 %; snow (17) +3.13 points, 11.0 %, poorly described by the prompt; latent 9 −1.07 points, 4.0 %] [Images of the library. best: wolf_01.png 30.00 points; wolf_02.png 29.00 points. worst: bread.png 10.00 points]
      [Points lost without each word: a +0.12; photo −1.13; of 0.00; a +0.04; wolf +10.42; . +0.31]
      Open panel · Inspect wolf · Compare 3 prompts · Choose image…
      "
    `);
  });

  it('links to its commands with what they need, and trusts these alone', () => {
    const { markdown, commands } = promptMarkdown(promptContent(), theme);
    const links = linksOf(markdown);
    expect(new Set(links.map((url) => url.replace(/^command:|\?.*$/g, '')))).toEqual(new Set(commands));
    expect(links.map((url) => url.replace(/\?.*/, ''))).toEqual([
      'command:clipsight.openImage',
      'command:clipsight.openImage',
      'command:clipsight.openAttribution',
      'command:clipsight.openComponent',
      'command:clipsight.comparePrompts',
      'command:clipsight.choosePinnedImage',
    ]);
    expect(argumentOf(links[2]!)).toEqual({
      images: ['file:///photos/wolf_03.png'],
      prompts: ['a photo of a wolf.'],
    });
    expect(argumentOf(links[3]!)).toEqual({ component: 482 });
    expect(argumentOf(links[4]!)).toEqual({ uri: 'file:///work/zeroshot.py', group: 'prompts' });
  });

  it('of a class says what was scored', () => {
    const texts = ['a photo of a wolf.', 'art of the wolf.', 'a wolf in a video game.'];
    const content = promptContent({
      prompt: { text: 'wolf', kind: 'class' },
      direction: { kind: 'ensemble', name: 'wolf', texts },
    });
    const markdown = markdownOf(content);
    expect(readable(markdown).split('\n')[0]).toBe('mean over 3 templates: “a photo of a wolf.” …');
    expect(readable(markdown)).toContain('Open panel with 3 prompts');
    const panel = linksOf(markdown).find((url) => url.startsWith('command:clipsight.openAttribution'))!;
    expect(argumentOf(panel)).toMatchObject({ prompts: texts });
  });

  it('asks for an image where none is pinned, in one line', () => {
    const none = { kind: 'none' } as const;
    const content = promptContent({ images: [], score: none, components: none, words: none, matches: none });
    expect(readable(markdownOf(content))).toBe(
      '“a photo of a wolf.”\nNo image is pinned to score it against. Choose image…\nCompare 3 prompts\n',
    );
  });

  it('says in one line what went wrong, however many parts it cost', () => {
    const failed = { kind: 'failed', error: { code: 'checkpoint', message: 'clip.pt is cut.' } } as const;
    const content = promptContent({ score: failed, components: failed, words: failed, matches: failed });
    const text = readable(markdownOf(content));
    expect(text).toContain('clip.pt is cut. Show logs\n');
    expect(text.match(/clip\.pt/g)).toHaveLength(1);
    expect(linksOf(markdownOf(content))).toContain('command:clipsight.showLogs');
  });

  it('says what is still being computed, and shows what is there', () => {
    const pending = { kind: 'pending' } as const;
    const text = readable(markdownOf(promptContent({ words: pending, matches: pending })));
    expect(text).toContain('Computing matching images, words… Point at it again.');
    expect(text).toContain('27.31 points');
    expect(text).toContain('[Components: wolf');
  });

  it('warns where the prompt was not read as it is written', () => {
    const readings = ['Only the first 24 tokens are read.'];
    const content = promptContent();
    const known = content.score.kind === 'known' ? content.score.value : null;
    const text = readable(
      markdownOf({ ...content, score: { kind: 'known', value: { ...known!, readings } } }),
    );
    expect(text).toContain('\u26a0\ufe0e Only the first 24 tokens are read.');
  });

  it('gives no share where there is nothing to share with, and says what a probability is', () => {
    const score = (confidenceKind: 'share' | 'probability') =>
      ({
        kind: 'known',
        value: { similarity: 0.1, confidence: 0.5, confidenceKind, scored: 1, readings: [] },
      }) as const;
    const alone = { id: 'prompt', prompts: 1 };
    expect(readable(markdownOf(promptContent({ group: alone, score: score('share') })))).not.toContain(
      '50.0',
    );
    expect(readable(markdownOf(promptContent({ group: alone, score: score('probability') })))).toContain(
      'probability 50.0',
    );
  });

  it('says which images a mean is over, and when words are of others', () => {
    const image = (i: number) => ({ uri: `file:///p/${i}.png`, name: `${i}.png`, thumbnail: null });
    const content = promptContent({ images: [0, 1, 2, 3, 4, 5].map(image) });
    const known = content.score.kind === 'known' ? content.score.value : null;
    const scored = (count: number) =>
      readable(markdownOf({ ...content, score: { kind: 'known', value: { ...known!, scored: count } } }));
    expect(scored(6)).toContain('mean over 6 pinned images');
    expect(scored(5)).toContain('mean over 5 of 6 pinned images, the others could not be read');
    expect(scored(6)).toContain('Words, on 0.png alone:');
  });
});

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.stringMatching(/^[[\]()!<>`*_|#~\\$:/.@&; \n-]{0,40}$/),
  fc.constantFrom(
    '[x](command:evil) ![x](http://evil.test/a.png)',
    '<img src=x onerror=alert(1)> <a href="command:evil">x</a>',
    'http://evil.test www.evil.test someone@evil.test <http://evil.test>',
    '```\ncode\n```\n# heading\n\n| a | b |\n|---|---|\n- [ ] task\n> quote',
    '“](command:evil) “ $(flame) [ref]: http://evil.test',
    '\u202Eevil\u2069\u0000\ud800',
    '[x]: command:evil\n\n[x]',
  ),
);

describe('whatever a file says', () => {
  const ours =
    /^command:clipsight\.(openImage|openAttribution|openComponent|comparePrompts|choosePinnedImage|showLogs)(\?[A-Za-z0-9%._~-]*)?$/;
  const kinds = new Set(['root', 'paragraph', 'strong', 'emphasis', 'text', 'image', 'link', 'break']);

  it('a hover has no link, picture or markup but its own, and arrives whole', () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, nasty, (text, group, name, label) => {
        const content = promptContent({
          prompt: { text, kind: 'prompt' },
          direction: { kind: 'prompt', text },
          group: { id: group, prompts: 2 },
          images: [{ uri: 'file:///a.png', name, thumbnail: 'data:image/png;base64,AA==' }],
          components: { kind: 'known', value: [component(1, 0.1, { label })] },
          words: { kind: 'known', value: { words: [{ text: label, leaveOneOut: 0.1 }], images: 1 } },
          matches: { kind: 'failed', error: { code: 'image', message: name, remedy: label } },
        });
        const markdown = markdownOf(content);
        const all = nodes(markdown);
        for (const node of all) {
          expect(kinds).toContain(node.type);
          if ((node.type as string) === 'image')
            expect((node as unknown as { url: string }).url).toMatch(/^data:image\//);
        }
        const links = linksIn(all);
        for (const url of links) expect(url).toMatch(ours);
        const panel = links.find((url) => url.startsWith('command:clipsight.openAttribution'));
        expect(argumentOf(panel!)).toEqual({ images: ['file:///a.png'], prompts: [text] });
        // What marked makes a link of by itself, other than mdast.
        expect(markdown.replace(/\]\([^)]*\)/g, ']')).not.toMatch(/https?:\/\/|www\.|@[\w-]+\./);
        expect(markdown).not.toMatch(/[\u202a-\u202e\u2066\u2067\ud800-\udfff](?![\udc00-\udfff])/u);
      }),
      { numRuns: 60 },
    );
  });

  it('a hover over an image has no link or markup but its own', () => {
    fc.assert(
      fc.property(nasty, (name) => {
        const picture = { uri: 'data:image/png;base64,AA==', width: 300, height: 200 };
        const error = { code: 'image', message: name } as const;
        const { markdown } = imageHoverMarkdown({
          ...{ uri: 'file:///a.png', name, size: 1234, isPinned: false, picture, error },
        });
        const all = nodes(markdown);
        for (const { type } of all) expect(kinds).toContain(type);
        expect(linksIn(all).map((url) => url.replace(/\?.*/, ''))).toEqual([
          'command:clipsight.showLogs',
          'command:clipsight.pinImage',
          'command:clipsight.attributeImage',
          'command:clipsight.openImage',
        ]);
      }),
    );
  });

  it('a hover stays far below what VS Code cuts', () => {
    const picture = (bytes: number) => `data:image/jpeg;base64,${'A'.repeat(bytes)}`;
    const sizes = fc.integer({ min: 0, max: 30_000 });
    const letters = fc.constantFrom('狼', 'w', '"', '[', '\u0001', '\ud800', '🐺');
    fc.assert(
      fc.property(sizes, letters, fc.integer({ min: 1, max: 1000 }), (bytes, letter, many) => {
        const text = letter.repeat(2000).slice(0, 2000);
        const match = { name: text, similarity: 0.1, thumbnail: picture(bytes) };
        const image = { uri: `file:///${text}.png`, name: text, thumbnail: picture(bytes) };
        const row = (i: number) =>
          component(i, 0.1, { label: text, isPoor: true, thumbnails: Array(3).fill(picture(bytes)) });
        const { markdown } = promptMarkdown(
          promptContent({
            direction: { kind: 'ensemble', name: text, texts: Array(many).fill(text) },
            group: { id: text, prompts: many },
            images: Array(many).fill(image),
            components: { kind: 'known', value: [0, 1, 2, 3, 4].map(row) },
            words: {
              kind: 'known',
              value: { words: Array(80).fill({ text: text.slice(0, 200), leaveOneOut: 0.1 }), images: 1 },
            },
            matches: { kind: 'known', value: { best: Array(4).fill(match), worst: Array(4).fill(match) } },
          }),
          theme,
        );
        expect(markdown.length).toBeLessThan(60_000);
      }),
      { numRuns: 8 },
    );
    expect(longestHover).toBeLessThan(60_000);
  });

  it('leaves out pictures of the least use where there is no room', () => {
    const picture = (bytes: number) => `data:image/jpeg;base64,${'A'.repeat(bytes)}`;
    const row = (i: number) => component(i, 0.1, { thumbnails: [1, 2, 3].map(() => picture(3000)) });
    const value = [0, 1, 2, 3, 4].map(row);
    const markdown = markdownOf(promptContent({ components: { kind: 'known', value } }));
    const drawn = markdown.split(picture(3000)).length - 1;
    expect(drawn).toBeGreaterThanOrEqual(5);
    expect(drawn).toBeLessThan(15);
    expect(readable(markdown)).toContain('[Images of the library.');
  });
});
