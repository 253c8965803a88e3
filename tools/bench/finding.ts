import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import { findPrompts } from '../../src/prompts/findPrompts';
import { openGrammars } from '../../src/prompts/grammars';
import { annotatedFile } from '../../test/golden/prompts/annotations';
import { longFile } from '../../test/golden/prompts/longFile';
import { mediansInTurn } from './measure';
import type { Row } from './results';
import { rowBeside, time } from './rows';

/** Milliseconds, medians of runs taken in turn: a Python file of 20 000 lines with 2 000 prompts. */
export interface FindingFigures {
  /** The parser's syntax tree and nothing more. */
  readonly parse: number;
  /** The tree as plain data, as the finder reads it. */
  readonly plain: number;
  readonly find: number;
}

export async function measureFinding(root: string, rounds: number): Promise<FindingFigures> {
  const folder = join(root, 'dist/grammars');
  const grammars = await openGrammars(folder);
  const python = await Language.load(await readFile(join(folder, 'tree-sitter-python.wasm')));
  const parser = new Parser().setLanguage(python);
  const { path, text, options, prompts } = annotatedFile('long_probes.py', longFile());

  const [found] = await findPrompts([{ path, text }], options, folder);
  if (found?.prompts.length !== prompts.length)
    throw new Error(`${found?.prompts.length} of ${prompts.length} prompts were found.`);
  return mediansInTurn(
    {
      parse: async () => parser.parse(text)?.delete(),
      plain: async () => grammars.parse('python', text),
      find: () => findPrompts([{ path, text }], options, folder),
    },
    rounds,
  );
}

export function findingRows({ parse, plain, find }: FindingFigures): Row[] {
  const alone = { what: 'parsing alone', measured: time(parse) };
  return [
    rowBeside('syntax tree of 20 000 lines as plain data', time(plain), alone),
    rowBeside('its 2 000 prompts found', time(find), alone),
  ];
}
