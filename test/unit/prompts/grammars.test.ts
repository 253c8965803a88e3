import { describe, expect, it } from 'vitest';
import { type Grammar, openGrammars, type SyntaxNode } from '../../../src/prompts/grammars';
import { expectError } from '../../support/expectError';
import { grammarsFolder } from '../../support/grammars';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('grammars', () => {
  it.each<[Grammar, string, string]>([
    ['python', 'a = "🐺 wolf"  # é\nb = "dog"', 'string'],
    ['typescript', 'const a: string = "🐺 wolf"; const b = "dog";', 'string'],
    ['tsx', 'const a = <b>"🐺"</b>; const b = "dog";', 'string'],
    ['json', '{"🐺": "wolf", "b": "dog"}', 'string'],
    ['toml', 'a = "🐺 wolf"\nb = "dog"', 'string'],
  ])('counts in UTF-16 code units: %s', async (grammar, text, type) => {
    const root = (await openGrammars(grammarsFolder)).parse(grammar, text);
    expect(nodesOf(root, type).map(({ start, end }) => text.slice(start, end))).toContain('"dog"');
  });

  it('keeps what is intact of a text with errors, without what is only supposed', async () => {
    const text = 'a = ["x", "y"\nb = (';
    const root = (await openGrammars(grammarsFolder)).parse('python', text);
    expect(nodesOf(root, 'string').map(({ start, end }) => text.slice(start, end))).toEqual(['"x"', '"y"']);
  });

  it('does not descend without end', async () => {
    const root = (await openGrammars(grammarsFolder)).parse('python', '['.repeat(20_000));
    expect(root.type).toMatch(/module|ERROR/);
  });

  it('names the file that is missing', async () => {
    await expectError(openGrammars(temporaryFolder()), 'internal', 'web-tree-sitter.wasm');
  });
});

function nodesOf(node: SyntaxNode, type: string): readonly SyntaxNode[] {
  return node.type === type ? [node] : node.children.flatMap((child) => nodesOf(child, type));
}
