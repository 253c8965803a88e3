import type { PromptContent } from '../../../../../src/extension/prompts/hover/hoverContent';

/** Pictures of one pixel, each another colour: what a browser shows, and a test can tell apart. */
export function pixel(digit: number): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="hsl(${digit * 40} 60% 50%)"/></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

export function component(
  id: number,
  attribution: number,
  change: Partial<Extract<PromptContent['components'], { kind: 'known' }>['value'][number]> = {},
) {
  return {
    component: id,
    label: `label ${id}`,
    attribution,
    share: Math.abs(attribution),
    isPoor: false,
    thumbnails: [],
    ...change,
  };
}

const match = (name: string, similarity: number, picture: number) => ({
  name,
  similarity,
  thumbnail: pixel(picture),
});

/** A hover in which everything is known. */
export function promptContent(change: Partial<PromptContent> = {}): PromptContent {
  return {
    prompt: { text: 'a photo of a wolf.', kind: 'prompt' },
    group: { id: 'prompts', prompts: 3 },
    uri: 'file:///work/zeroshot.py',
    direction: { kind: 'prompt', text: 'a photo of a wolf.' },
    images: [{ uri: 'file:///photos/wolf_03.png', name: 'photos/wolf_03.png', thumbnail: pixel(0) }],
    score: {
      kind: 'known',
      value: {
        similarity: 0.27314,
        confidence: 0.8421,
        confidenceKind: 'share',
        scored: 1,
        readings: [],
      },
    },
    components: {
      kind: 'known',
      value: [
        component(482, 0.0921, {
          label: 'wolf',
          share: 0.312,
          thumbnails: [pixel(1), pixel(2), pixel(3)],
        }),
        component(17, 0.0313, { label: 'snow', share: 0.11, isPoor: true, thumbnails: [pixel(4)] }),
        component(9, -0.0107, { label: null, share: 0.04, isPoor: null }),
      ],
    },
    words: {
      kind: 'known',
      value: {
        words: [
          { text: 'a', leaveOneOut: 0.0012 },
          { text: 'photo', leaveOneOut: -0.0113 },
          { text: 'of', leaveOneOut: 0 },
          { text: 'a', leaveOneOut: 0.0004 },
          { text: 'wolf', leaveOneOut: 0.1042 },
          { text: '.', leaveOneOut: 0.0031 },
        ],
        images: 1,
      },
    },
    matches: {
      kind: 'known',
      value: {
        best: [match('wolf_01.png', 0.3, 5), match('wolf_02.png', 0.29, 6)],
        worst: [match('bread.png', 0.1, 7)],
      },
    },
    ...change,
  };
}
