// Regenerates src/engine/audit/kinds/letters.json, the letters that the audit writes words with: node scripts/letters.mjs
//
// Outlines and advances of DejaVu Sans Bold (media/NOTICE-dejavu.txt) as SVG paths in units of the font, y upwards from the
// baseline: a word is drawn the same on every machine, whatever fonts it has.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Digits, punctuation and Latin letters of European languages; Greek and Cyrillic as they are written today. */
const ranges = [
  [0x20, 0x7e],
  [0xa1, 0xac],
  [0xae, 0x17f],
  [0x1e80, 0x1e85],
  [0x1ef2, 0x1ef3],
  [0x2010, 0x2015],
  [0x2018, 0x201e],
  [0x386, 0x3ce],
  [0x400, 0x45f],
  [0x490, 0x491],
];

const folder = mkdtempSync(join(tmpdir(), 'letters-'));
try {
  // No dependencies: they are needed only when the list changes.
  const packages = ['dejavu-fonts-ttf@2.37.3', 'opentype.js@2.0.0'];
  execFileSync('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', ...packages], {
    stdio: 'inherit',
  });
  const { parse } = createRequire(join(folder, 'package.json'))('opentype.js');
  const file = readFileSync(join(folder, 'node_modules/dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'));
  const font = parse(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
  const letters = {};
  for (const [first, last] of ranges) {
    for (let code = first; code <= last; code++) {
      const letter = String.fromCodePoint(code);
      const glyph = font.charToGlyph(letter);
      if (glyph.index === 0) continue;
      letters[letter] = { advance: glyph.advanceWidth, outline: outlineOf(glyph) };
    }
  }
  const { unitsPerEm } = font;
  const [ascender, descender] = [font.tables.os2.usWinAscent, font.tables.os2.usWinDescent];
  const all = { unitsPerEm, ascender, descender, letters };
  writeFileSync(
    fileURLToPath(new URL('../src/engine/audit/kinds/letters.json', import.meta.url)),
    `${JSON.stringify(all, null, 2)}\n`,
  );
  console.log(`${Object.keys(letters).length} letters`);
} finally {
  rmSync(folder, { recursive: true });
}

/** An SVG path; lines that lead nowhere, and those that close it, are left out. */
function outlineOf({ path }) {
  let [from, start] = ['', ''];
  return path.commands
    .map(({ type, x1, y1, x, y }, i) => {
      if (type === 'Z') return type;
      const to = `${x} ${y}`;
      const spared = type === 'L' && (to === from || (to === start && path.commands[i + 1]?.type === 'Z'));
      from = to;
      if (type === 'M') start = to;
      switch (type) {
        case 'M':
        case 'L':
          return spared ? '' : type + to;
        case 'Q':
          return `Q${x1} ${y1} ${to}`;
        default:
          throw new Error(`outlines of TrueType fonts have no ${type}`);
      }
    })
    .join('');
}
