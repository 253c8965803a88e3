import { describe, expect, test } from 'vitest';
import { readableToken } from '../../../src/engine/clip/tokenText';

const clip = { endOfWord: '</w>', continuing: null, byteLevel: true };
const bert = { endOfWord: null, continuing: '##', byteLevel: false };
const siglip = { endOfWord: null, continuing: null, byteLevel: false };

describe('a token for people', () => {
  test.each([
    ['wolf</w>', clip, 'wolf'],
    ['wo', clip, 'wo'],
    ['cafÃ©</w>', clip, 'café'],
    ['ðŁĲº</w>', clip, '🐺'],
    // The first two of the three bytes of 狼, and the last of it.
    ['çĭ', clip, '<0xE7><0x8B>'],
    ['¼</w>', clip, '<0xBC>'],
    ['aÃ', clip, 'a<0xC3>'],
    ['Ġdog', { ...clip, endOfWord: null }, 'dog'],
    ['##s', bert, 's'],
    ['[UNK]', bert, '[UNK]'],
    ['▁dog', siglip, 'dog'],
    ['▁hot▁dog', siglip, 'hot dog'],
    ['▁', siglip, '▁'],
    ['<0xE7>', siglip, '<0xE7>'],
  ] as const)('%s', (token, marks, expected) => {
    expect(readableToken(token, marks)).toBe(expected);
  });
});
