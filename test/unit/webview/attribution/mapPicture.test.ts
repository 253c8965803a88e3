import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  escaped,
  type MapPicture,
  mapFileName,
  mapPicture,
  wrapped,
} from '../../../../src/webview/attribution/mapPicture';

const content: MapPicture = {
  picture: 'data:image/jpeg;base64,AAAA',
  smooth: null,
  width: 400,
  height: 200,
  map: {
    rows: 2,
    columns: 2,
    crop: { left: 100, top: 0, width: 200, height: 200 },
    values: Float32Array.from([1, -1, 0, 0.5]),
  },
  scale: { signed: true, far: 1 },
  opacity: 0.8,
  format: (value) => value.toFixed(2),
  unit: 'points',
  title: 'Attribution of “<b>snow</b>” & "co"',
  caption: ['Prompt “</text><script>alert(1)</script>”', 'key 00'],
};

describe('mapPicture', () => {
  it('has no markup that came from a text', () => {
    const { svg } = mapPicture(content);
    expect(svg).not.toMatch(/<script|<b>/);
    expect(svg).toContain('“&lt;b&gt;snow&lt;/b&gt;” &amp; &quot;co&quot;');
    expect(svg).toContain('&lt;/text&gt;&lt;script&gt;');
  });

  it('stands for itself: nothing in it is loaded from elsewhere', () => {
    const { svg } = mapPicture({ ...content, smooth: 'data:image/png;base64,BBBB' });
    const links = [...svg.matchAll(/href="([^"]*)"/g)].map(([, url]) => url);
    expect(links).toEqual(['data:image/jpeg;base64,AAAA', 'data:image/png;base64,BBBB']);
    expect(svg).not.toMatch(/style=|url\((?!#)/);
  });

  it('draws every patch where the model saw it, and nothing where the value is zero', () => {
    const { svg } = mapPicture(content);
    expect(svg).toContain('<rect x="100" y="0" width="100" height="100" fill="#1f66d6" fill-opacity="1"/>');
    expect(svg).toContain('<rect x="200" y="0" width="100" height="100" fill="#ff9a2e" fill-opacity="1"/>');
    expect(svg).toContain('<rect x="100" y="100" width="100" height="100" fill="#1f66d6" fill-opacity="0"/>');
  });

  it('has the numbers and the unit of the scale', () => {
    const { svg } = mapPicture(content);
    for (const text of ['>-1.00<', '>0.00<', '>1.00<', '>points<']) expect(svg).toContain(text);
  });
});

describe('escaped', () => {
  it('leaves no character that would end a text or an attribute, or that XML does not have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const result = escaped(text);
        expect(result.replace(/&(amp|lt|gt|quot|apos);/g, '')).not.toMatch(/[&<>"']/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
        expect(result).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
      }),
    );
    expect(escaped('a\ud800b')).toBe('a\ufffdb');
    expect(escaped('🐺')).toBe('🐺');
  });
});

describe('wrapped', () => {
  it('loses no word and makes no line too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const lines = wrapped(text, 12);
        expect(lines.every((line) => [...line].length <= 12)).toBe(true);
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });

  it('breaks at spaces', () => {
    expect(wrapped('a wolf in the snow', 9)).toEqual(['a wolf in', 'the snow']);
  });
});

describe('mapFileName', () => {
  it('is of the image and what the map is of', () => {
    expect(mapFileName('images/wolf/wolf_00.jpg', 'Activation of “snow” (12)')).toBe(
      'wolf-00-Activation-of-snow-12',
    );
  });

  it('has no separators of folders in it', () => {
    expect(mapFileName('..\\..\\x.png', '../../etc')).toBe('x-etc');
    expect(mapFileName('', '')).toBe('map');
  });
});
