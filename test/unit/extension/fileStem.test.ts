import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fileStem } from '../../../src/extension/views/fileStem';

it('keeps letters of any script', () => {
  expect(fileStem('wolf-00 ذئب 狼', 'map')).toBe('wolf-00 ذئب 狼');
});

it('leaves no way out of the folder', () => {
  expect(fileStem('../../x', 'map')).toBe('x');
  expect(fileStem('..', 'map')).toBe('map');
  expect(fileStem('C:\\x', 'map')).toBe('C-x');
  expect(fileStem('NUL', 'map')).toBe('map');
});

it('is never empty, hidden, or more than a name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const stem = fileStem(name, 'map');
      expect(stem).toMatch(/^[^\s.\\/:*?"<>|]/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      expect(stem).not.toMatch(/[\\/:*?"<>|\u0000-\u001f]/);
      expect([...stem].length).toBeLessThanOrEqual(100);
    }),
  );
});
